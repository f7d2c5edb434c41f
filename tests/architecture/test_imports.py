"""Imports go one way, and importing does nothing."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("assets", "pipelines", "dashboards")
FORBIDDEN = {  # what a package may never import
    "assets": ("pipelines", "dashboards"),
    "pipelines": ("dashboards",),
    "dashboards": ("assets", "pipelines"),
}
# what pages may import all the same: how a figure is written, what-if, whether a release is as published, passports, what
# changed between two releases, and the decisions of commands
ALLOWED = {
    *(
        "pipelines.settings",
        "assets.format",
        "assets.sentences",
        "assets.metrics.choice",
        "assets.releases.seal",
        "assets.releases.changes",
    ),
    "assets.releases.correction_book",
    *("assets.documents.packs", "assets.documents.facts", "assets.documents.forms", "assets.releases.due"),
    *("assets.releases.reports", "assets.releases.explained", "assets.decisions"),
}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Every module a file imports, wherever in it."""
    found: set[str] = set()
    package = list(path.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(
                [*package[: len(package) - node.level + 1], node.module or ""] if node.level else [node.module or ""]
            )
            found |= {f"{base}.{alias.name}".strip(".") for alias in node.names}
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_one_way(package):
    assert len(modules(package)) > 3
    for path in modules(package):
        for name in imported(path):
            if any(name == a or name.startswith(f"{a}.") for a in ALLOWED):
                continue
            assert name.partition(".")[0] not in FORBIDDEN[package], f"{path.relative_to(ROOT)} imports {name}"


def test_only_the_settings_read_the_environment():
    """CITIES311_* and every other variable have one reader; the shortcut before it, and what sets one, say so here."""
    readers = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in modules(package)
        if "environ" in path.read_text(encoding="utf-8") or "getenv" in path.read_text(encoding="utf-8")
    }
    sets_only = {"pipelines/commands.py", "pipelines/execute.py"}  # DAGSTER_HOME, CITIES311_HOME for what they start
    assert readers - sets_only <= {"pipelines/settings.py", "pipelines/unchanged.py"}


def test_assets_know_nothing_of_dagster_or_streamlit():
    """Stages are plain functions; when they run is the pipelines' business, how they look the pages'."""
    for path in modules("assets"):
        assert not {n for n in imported(path) if n.partition(".")[0] in ("dagster", "streamlit", "typer", "rich")}, path


def test_only_queries_open_a_release():
    """One opener: pages draw what dashboards/queries.py hands them, as Arrow tables in memory."""
    readers = ("duckdb", "pyarrow.parquet", "pyarrow.dataset", "pandas.read_parquet")
    for path in modules("dashboards"):
        if path.name != "queries.py":
            assert not {n for n in imported(path) if n.startswith(readers)}, path
            assert "read_parquet" not in path.read_text(encoding="utf-8"), path


WATCH = """
import json, os, sys
root, names = sys.argv[1], sys.argv[2:]
faults = []

def ours(direct):
    # the module of this project that does this, unless it is just being imported; direct: not through a library
    frame = sys._getframe(2)
    while frame:
        name = frame.f_code.co_filename
        if "importlib" in name:
            return None
        library = "site-packages" in name or "/.venv/" in name
        if name.startswith(root) and not library:
            return name[len(root) + 1 :]
        if direct and library:
            return None
        frame = frame.f_back

EVENTS = ("os.mkdir", "os.rename", "os.remove", "os.listdir", "os.scandir", "subprocess.Popen", "socket.connect", "sqlite3.connect")
def hook(event, arguments):
    if event == "open" or event in EVENTS:
        where = ours(direct=False)
        if where and not str(arguments[0]).endswith(".py"):  # source text that a library looks up
            faults.append(f"{where}: {event} {arguments[0]}")
        if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
            if str(arguments[0]) != os.devnull:
                faults.append(f"writes {arguments[0]}")

class Watched(type(os.environ)):
    def __getitem__(self, key):
        where = ours(direct=True)
        if where:
            faults.append(f"{where}: reads the environment's {key}")
        return super().__getitem__(key)

os.environ.__class__ = Watched
sys.addaudithook(hook)
import importlib
for name in names:
    importlib.import_module(name)
print(json.dumps(faults))
"""


def importable() -> list[str]:
    """Every module but the scripts that Streamlit runs, and the entry point of sample data."""
    names = []
    for package in PACKAGES:
        for path in modules(package):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if parts[:2] in (("dashboards", "pages"), ("dashboards", "app")):
                continue
            names.append(".".join(parts).removesuffix(".__init__"))
    return names


def test_importing_does_nothing(tmp_path):
    """No file is opened, none is written, no environment is read, at the top level of any module."""
    names = importable()
    assert len(names) > 50
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(ROOT), *names], capture_output=True, text=True, cwd=tmp_path, env=environment
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []
    assert not list(tmp_path.rglob("*.*"))


def test_the_watch_itself_sees(tmp_path):
    """A module that reads a file and the environment when imported is caught."""
    (tmp_path / "data.txt").touch()
    (tmp_path / "culprit.py").write_text("import os\nHOME = os.environ.get('HOME')\nTEXT = open('data.txt').read()\n")
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", WATCH, str(tmp_path), "culprit"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=True)
    faults = json.loads(done.stdout.splitlines()[-1])
    assert len(faults) == 2 and "reads the environment's HOME" in faults[0] and "open" in faults[1]
