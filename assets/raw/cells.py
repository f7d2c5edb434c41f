"""The cells of a workbook, read in a process of its own: what a file does to the parser, it does to no other file.

The parser keeps a sheet as one block from the first to the last filled cell, so that two cells far apart ask for all the
memory there is, and a workbook of a few kilobytes would end the whole run. Run as a script, `cells.py FILE` writes an
answer to standard output, pickled: {"sheets": [(name, rows)]} or {"refused": why}.
"""

import contextlib
import pickle
import sys
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

CELLS = 20_000_000  # of all sheets, from the first to the last that is filled
MEMORY_BYTES = 4 << 30
SECONDS = 600
Grid = list[list[Any]]


def limit() -> None:
    """Caps this process's memory and time, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def read(path: str) -> dict[str, Any]:
    """The sheets of the workbook at `path`, each cell as Python has it; chart and macro sheets have none."""
    try:
        workbook = CalamineWorkbook.from_path(path)
        found: list[tuple[str, Grid]] = []
        cells = 0
        for i, about in enumerate(workbook.sheets_metadata):
            if not str(about.typ).endswith("WorkSheet"):
                continue
            sheet = workbook.get_sheet_by_index(i)
            cells += (sheet.total_height + 1) * (sheet.total_width + 1)
            if cells > CELLS:
                return {"refused": "large"}
            found.append((about.name, sheet.to_python(skip_empty_area=False)))
    except PasswordError:
        return {"refused": "password"}
    except (CalamineError, ValueError, OverflowError, OSError):
        return {"refused": "unreadable"}
    except MemoryError:
        return {"refused": "large"}
    except BaseException as error:  # a panic of the Rust parser is no Exception
        if type(error).__name__ != "PanicException":
            raise
        return {"refused": "damaged"}
    return {"sheets": found}


if __name__ == "__main__":
    limit()
    pickle.dump(read(sys.argv[1]), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
