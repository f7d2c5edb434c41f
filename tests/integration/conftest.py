"""The three-city network of network.py, as fixtures."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from granted import granted as program
from network import ROOT, Network, copy, network

MAPPING = ROOT / "docs" / "examples" / "baltimore-mapping.yml"
REAL_FOLDERS = {  # folder of landing: folders of publishers' files
    "bls_laus": ["bls_laus_county", "bls_laus_flat"],
    "census_acs": ["census_acs_county"],
    "census_gazetteer": ["census_gazetteer_2010"],
    "census_permits": ["census_bps_place"],
    "census_population": ["census_place_population", "census_county_population"],
    "census_saipe": ["census_saipe"],
    "hud_allocations": ["hud_cpd_allocations"],
    "requests/baltimore": ["request_log_baltimore"],
    "requests/elsewhere": ["open311"],
}


@pytest.fixture(scope="session")
def base(once: Callable[[str, Callable[[Path], None]], Path]) -> Network:
    """A network whose first run has made release 2014-08-31-r1. Tests only read it, or take a copy."""
    folder = once("base", lambda folder: network(folder).run())
    return Network(folder / "landing", folder / "home")


@pytest.fixture(scope="session")
def granted(once: Callable[[str, Callable[[Path], None]], Path]) -> Network:
    """A program of two awards, run once. Tests only read it, or take a copy."""
    folder = once("granted", lambda folder: program(folder).run())
    return Network(folder / "landing", folder / "home")


@pytest.fixture
def fresh(tmp_path: Path) -> Network:
    """A network that never ran."""
    return network(tmp_path)


@pytest.fixture
def ran(base: Network, tmp_path: Path) -> Network:
    """A copy of `base` to change."""
    return copy(base, tmp_path)


@pytest.fixture(scope="session")
def real_home(real: Path, once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """Every file of the publishers, as it came, taken in and published."""
    return once("real", lambda folder: publish_real(real, folder)) / "home"


def publish_real(real: Path, folder: Path) -> None:
    landing, home = folder / "landing", folder / "home"
    for place, publishers in REAL_FOLDERS.items():
        for publisher in publishers:
            shutil.copytree(real / publisher, landing / place, copy_function=shutil.copyfile, dirs_exist_ok=True)
    (landing / "requests/elsewhere/open311status/cities.yml").unlink()  # a list of servers
    mapping = MAPPING.read_text() + "jurisdiction: baltimore\n"
    (landing / "requests" / "baltimore" / "mapping.yml").write_text(mapping)
    (landing / "program.yml").write_text("program: A city's own log\nas_of: 2019-02-13\n")
    command = [sys.executable, "-m", "pipelines.cli", "run", "--landing", str(landing), "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
