"""How a test asks one of these scripts: in the second environment (`make oracles`), JSON in and JSON out."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent
PYTHON = FOLDER.parents[1] / ".venv-oracles" / "bin" / "python"


def ask(script: str, given: Any) -> Any:
    """What `script` answers; skips the test where the environment is not there."""
    if not PYTHON.exists():
        pytest.skip("the second environment is not here: make oracles")
    done = subprocess.run(
        [PYTHON, "-W", "ignore", FOLDER / f"{script}.py"],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
