"""The three-city network of network.py, as fixtures."""

from pathlib import Path

import pytest
from network import Network, copy, network


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """A network whose first run has made release 2014-08-31-r1. Tests only read it, or take a copy."""
    made = network(tmp_path_factory.mktemp("base"))
    made.run()
    return made


@pytest.fixture
def fresh(tmp_path: Path) -> Network:
    """A network that never ran."""
    return network(tmp_path)


@pytest.fixture
def ran(base: Network, tmp_path: Path) -> Network:
    """A copy of `base` to change."""
    return copy(base, tmp_path)
