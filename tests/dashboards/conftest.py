"""Fixtures of the page tests: a small release by hand, and a reader who opens pages."""

from pathlib import Path

import pytest
from small_release import write_release
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "dashboards" / "app.py"


@pytest.fixture
def small_home(tmp_path, monkeypatch) -> Path:
    """A HOME with the small release, named to the pages."""
    write_release(tmp_path, "2015-03-31-r1")
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def open_page():
    """Open a page of the app as a reader would: by name and with the query of its address."""

    def opened(name: str = "overview", **query: str) -> AppTest:
        page = AppTest.from_file(str(APP), default_timeout=60).run()
        for key, value in query.items():
            page.query_params[key] = value
        return page.switch_page(f"pages/{name}.py").run() if name != "overview" else page.run()

    return opened
