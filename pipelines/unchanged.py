"""Whether a run has anything to do, from names, sizes and times alone: no file is opened, nothing heavy is imported."""

import json
import os
import sys

TYPE_CHECKING = False  # typing itself is too slow to import here
if TYPE_CHECKING:
    from datetime import datetime

STATE = os.path.join("warehouse", "state.json")
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CODE = ("assets", "sql", "pipelines")


def stats(folder: str) -> dict[str, list[int]]:
    """Size and time of every file below a folder, by relative name; hidden files and compiled code aside."""
    found: dict[str, list[int]] = {}
    stack = [folder]
    while stack:
        below = stack.pop()
        try:
            entries = list(os.scandir(below))
        except FileNotFoundError:
            continue
        for entry in entries:
            if entry.name[0] == "." or entry.name == "__pycache__":
                continue
            try:
                if entry.is_dir(follow_symlinks=below == folder):  # the folder of a source may be a link
                    stack.append(entry.path)
                    continue
                stat = entry.stat()
            except OSError:  # a link to nowhere is nobody's file
                continue
            if not entry.is_dir():
                found[entry.path[len(folder) + 1 :]] = [stat.st_size, stat.st_mtime_ns]
    return found


def code() -> dict[str, dict[str, list[int]]]:
    return {folder: stats(os.path.join(ROOT, folder)) for folder in CODE}


def decisions(home: str) -> dict[str, list[int]]:
    """The logs of what people decided; a line more is something to do."""
    return stats(os.path.join(home, "decisions")) if home else {}


def look(landing: str, home: str = "") -> dict[str, object]:
    """What there is before a run, so that what arrives while it runs is new to the next."""
    return {"landing": landing, "files": stats(landing), "decisions": decisions(home), "code": code()}


def day(zone: str, instant: "datetime | None" = None) -> str:
    """Today in the zone whose calendar moves the as-of day; empty where there is none."""
    if not zone:
        return ""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return (instant or datetime.now(ZoneInfo(zone))).astimezone(ZoneInfo(zone)).date().isoformat()


def remember(
    home: str,
    seen: dict[str, object],
    as_of: str,
    known_on: str,
    zone: str,
    release: str,
    started: "datetime | None" = None,
) -> None:
    """Keeps what the run that made `release` saw. zone: as-of was "yesterday" there, so it holds for that day only."""
    state = {
        **seen,
        "as_of": as_of,
        "known_on": known_on,
        "zone": zone,
        "today": day(zone, started),
        "release": release,
        "published": stats(os.path.join(home, "releases", release)),
    }
    path = os.path.join(home, STATE)
    with open(path + ".part", "w", encoding="utf-8") as file:
        json.dump(state, file)
    os.replace(path + ".part", path)


def release(home: str, landing: str, as_of: str, known_on: str) -> str | None:
    """The current release, when a run asked so would make the same one again; else None."""
    try:
        with open(os.path.join(home, STATE), encoding="utf-8") as file:
            state = json.load(file)
        with open(os.path.join(home, "releases", "CURRENT"), encoding="utf-8") as file:
            current = file.read().strip()
    except (OSError, ValueError):
        return None
    same = (
        state["release"] == current
        and state.get("published") == stats(os.path.join(home, "releases", current))
        and (state["landing"], state["as_of"], state["known_on"]) == (landing, as_of, known_on)
        and state["today"] == day(state["zone"])
        and state["files"] == stats(landing)
        and state.get("decisions") == decisions(home)
        and state["code"] == code()
    )
    return current if same else None


def shortcut(arguments: list[str]) -> int | None:
    """Answers `run` at once when nothing is new. Returns the exit code, or None to go the long way."""
    if not arguments or arguments[0] != "run":
        return None
    given = {"--landing": "", "--home": "", "--as-of": "", "--known-on": ""}
    words = iter(arguments[1:])
    as_json = False
    for word in words:
        name, _, value = word.partition("=")
        if word == "--json":
            as_json = True
        elif name in given:
            given[name] = value or next(words, "")
        else:
            return None
    home, landing = where(given["--home"], given["--landing"])
    found = release(home, landing, given["--as-of"], given["--known-on"])
    if found is None:
        return None
    answer = json.dumps({"release": found, "new": False}) if as_json else f"Nothing new: release {found} is current."
    sys.stdout.write(answer + "\n")
    return 0


def where(home: str, landing: str) -> tuple[str, str]:
    """HOME and LANDING as given, else as pipelines.settings has them."""
    home = os.path.realpath(home or os.environ.get("CITIES311_HOME") or os.path.join(ROOT, "data"))
    return home, os.path.realpath(landing or os.environ.get("CITIES311_LANDING") or os.path.join(home, "landing"))
