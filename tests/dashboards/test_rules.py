"""What the code of the pages may and may not do."""

import ast
from pathlib import Path

import pytest
import yaml

DASHBOARDS = Path(__file__).parents[2] / "dashboards"
DECIDED = tuple(f"assets.releases.{module}" for module in ("reports", "changes", "correction_book"))
MODULES = sorted(DASHBOARDS.rglob("*.py"))
ARITHMETIC = (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted((DASHBOARDS / "pages").glob("*.py")), ids=lambda path: path.stem)
def test_pages_select_sort_and_format_but_do_no_arithmetic(path):
    found = [node for node in ast.walk(tree(path)) if isinstance(node, ast.BinOp) and isinstance(node.op, ARITHMETIC)]
    calls = [
        node.func.id for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert not found, [ast.unparse(node) for node in found]
    assert not {"sum", "round", "mean", "divmod"} & set(calls)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_imports_go_one_way_and_one_module_opens_releases(path):
    names = []
    for node in ast.walk(tree(path)):
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [f"{node.module}.{alias.name}" for alias in node.names] if isinstance(node, ast.ImportFrom) else []
    ours = {name for name in names if name.split(".")[0] in ("assets", "pipelines")}
    doors = {  # one opens releases, one takes down what people decide, one tells what stands behind a figure, one makes reports
        "queries.py": {"assets.releases.seal"},
        "passports.py": {name for name in ours if name.startswith("assets.releases.explained")},
        "reporting.py": {
            n for n in ours if n.startswith(("assets.documents.", "assets.releases.due", "assets.decisions."))
        },
        "deciding.py": {n for n in ours if n.startswith(("assets.decisions.", *DECIDED))},
    }
    allowed = doors[path.name] | {"pipelines.settings.home"} if path.name in doors else set()
    allowed |= {"assets.format", "assets.sentences"}  # how a figure is written, which reports share
    assert ours <= allowed, ours - allowed
    if path.name != "queries.py":
        assert "duckdb" not in names
    if path.name not in ("charts.py", "__init__.py"):
        assert not [name for name in names if name.startswith("plotly")]


def test_every_metric_of_the_catalog_is_named_by_a_page():
    """A figure that nobody shows answers nobody. The lines of the SF-425 are read by their prefix."""
    catalog = DASHBOARDS.parent / "assets" / "catalog" / "metrics"
    metrics = {entry["metric"] for path in catalog.glob("*.yml") for entry in yaml.safe_load(path.read_text())}
    shown = [
        path
        for path in MODULES
        if path.name not in ("filters.py", "queries.py", "sentences.py", "sentences_compare.py", "passport.py")
    ]
    nodes = [node for path in shown for node in ast.walk(tree(path))]
    named = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert "sf425_" in named
    assert {metric for metric in metrics if not metric.startswith("sf425_")} <= named
