"""The command line. `main` answers a run with nothing new before anything heavy is imported."""

import sys


def main() -> None:
    from pipelines import unchanged

    code = unchanged.shortcut(sys.argv[1:])
    if code is not None:
        sys.exit(code)
    from pipelines.commands import app

    app()


if __name__ == "__main__":
    main()
