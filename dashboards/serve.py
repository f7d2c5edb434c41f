"""Serve the pages: `python -m dashboards.serve --server.port 8501`, with Streamlit's own options.

Before the first visit Streamlit takes every file of pages/ for a page of its own and knows no address of app.py's menu.
A link to a page, opened first, would find an unnamed menu, or no page at all.
"""

import sys
from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli


def main() -> None:
    """Run the app with the menu that it declares."""
    PagesManager.uses_pages_directory = False
    sys.argv = ["streamlit", "run", str(Path(__file__).with_name("app.py")), *sys.argv[1:]]
    cli.main(prog_name="streamlit")


if __name__ == "__main__":
    main()
