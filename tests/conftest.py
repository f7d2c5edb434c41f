"""Fixtures of the whole suite: one real run of the pipeline on a small synthetic network."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

REAL = Path(__file__).parents[2] / "shared" / "real"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where everything needed was installed (CITIES311_NO_SKIP), a skip is a failure."""
    report = yield
    if os.environ.get("CITIES311_NO_SKIP") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which is not allowed here: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def real() -> Path:
    """Publishers' own files, where the checkout has them beside it."""
    if not REAL.exists():
        pytest.skip("publishers' files (../shared/real) are not here")
    return REAL


@pytest.fixture(scope="session")
def once(tmp_path_factory) -> Callable[[str, Callable[[Path], None]], Path]:
    """once(name, make): the folder of that name, made by the first worker that asks for it; the others wait for it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent

    def folder(name: str, make: Callable[[Path], None]) -> Path:
        path, done = shared / name, shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                path.mkdir()
                make(path)
                done.touch()
        return path

    return folder


@pytest.fixture(scope="session")
def sample_landing(once) -> Path:
    """A synthetic network at scale 0.05, as landing files."""
    from assets import sample

    return once("sample", lambda folder: sample.write(folder / "landing", 0.05, 311)) / "landing"


@pytest.fixture(scope="session")
def release_home(once, sample_landing) -> Path:
    """A HOME with the release that the command makes of the sample."""
    import subprocess
    import sys

    def run(home: Path) -> None:
        command = [sys.executable, "-m", "pipelines.cli", "run", "--landing", str(sample_landing), "--home", str(home)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1])
        assert done.returncode == 0, done.stderr

    return once("sample-home", run)
