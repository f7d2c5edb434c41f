"""Options that many commands share."""

from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[Path | None, typer.Option("--home", help="Where everything is kept (CITIES311_HOME; default data/).")]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, for a program to read.")]
