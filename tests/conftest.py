"""Fixtures of the whole suite: one real run of the pipeline on a small synthetic network."""

import os
from pathlib import Path

import pytest

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
def sample_landing(tmp_path_factory) -> Path:
    """A synthetic network at scale 0.05, as landing files."""
    from assets import sample

    landing = tmp_path_factory.mktemp("sample") / "landing"
    sample.write(landing, 0.05, 311)
    return landing


@pytest.fixture(scope="session")
def release_home(tmp_path_factory, sample_landing) -> Path:
    """A HOME with the release that the command makes of the sample."""
    import subprocess
    import sys

    home = tmp_path_factory.mktemp("home")
    command = [sys.executable, "-m", "pipelines.cli", "run", "--landing", str(sample_landing), "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1])
    assert done.returncode == 0, done.stderr
    return home
