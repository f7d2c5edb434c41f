"""What every metric comes to on the small sample, as one digest each: a figure that moves without a word in CHANGELOG fails.

`python tests/sample_numbers.py --write` (make numbers) renews tests/golden/numbers.json, and refuses to where CHANGELOG's section
"Numbers that changed" says nothing new since it was last written.
"""

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "tests" / "golden" / "numbers.json"
SCALE, SEED = "0.05", "311"  # as the fixture sample_landing has it


def digests(metric_values: Path) -> dict[str, str]:
    """Of each metric: every figure with its keys, as published: value, money and state."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"""select metric, concat_ws('|', grain, coalesce(city_id, ''), coalesce(topic, ''), coalesce(engagement_id, ''),
                coalesce(dimension, ''), coalesce(dimension_value, ''), coalesce(basis, ''), period,
                state, coalesce(value::varchar, ''), coalesce(amount_usd::varchar, '')) as told
            from read_parquet('{metric_values}') order by metric, told"""
        ).fetchall()
    found: dict[str, hashlib._Hash] = {}
    for metric, told in rows:
        found.setdefault(metric, hashlib.sha256()).update(f"{told}\n".encode())
    return {metric: one.hexdigest()[:16] for metric, one in found.items()}


def section(changelog: str) -> str:
    """The section of CHANGELOG that says which numbers changed."""
    found = re.search(r"^### Numbers that changed\n(.*?)(?=^##|\Z)", changelog, re.M | re.S)
    return hashlib.sha256(found[1].strip().encode()).hexdigest()[:16] if found else ""


def moved(kept: dict[str, str], now: dict[str, str]) -> list[str]:
    """The metrics whose figures are not those that were kept; a metric that is new restates nothing."""
    return sorted(metric for metric, told in kept.items() if now.get(metric) != told)


def make(folder: Path) -> Path:
    """The figures of the sample, by the commands."""
    cli = [sys.executable, "-m", "pipelines.cli"]
    landing, home = str(folder / "landing"), folder / "home"
    for command in (
        ["sample", landing, "--scale", SCALE, "--seed", SEED],
        ["run", "--landing", landing, "--home", str(home)],
    ):
        subprocess.run([*cli, *command], cwd=ROOT, check=True, capture_output=True)
    return home / "releases" / (home / "releases" / "CURRENT").read_text().strip() / "metric_values.parquet"


def write() -> None:
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {"section": "", "metrics": {}}
    with tempfile.TemporaryDirectory() as folder:
        now = digests(make(Path(folder)))
    said = section((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    names = moved(kept["metrics"], now)
    if names and said == kept["section"]:
        sys.exit(f"CHANGELOG says nothing new under “Numbers that changed”, but these moved: {', '.join(names)}")
    KEPT.write_text(json.dumps({"section": said, "metrics": now}, indent=1) + "\n")
    print(f"{len(names)} metrics moved: {', '.join(names) or 'none'}")


if __name__ == "__main__":
    write() if "--write" in sys.argv else sys.exit(__doc__)
