"""Reading the YAML files of the catalog: what does not hold to its schema is named by file, row and field."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

T = TypeVar("T", bound=BaseModel)


class CatalogError(Exception):
    """A catalog file that does not hold to the schema; names the file and the field."""


def content(path: Path) -> Any:
    """What a YAML file says. Raises CatalogError where it is none."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise CatalogError(f"{path.name}: not YAML: {error}") from error


def read(path: Path, model: type[T]) -> T:
    """The one entry of a file."""
    return checked(path.name, model, content(path))


def checked(where: str, model: type[T], told: Any) -> T:
    """An entry that holds to its model. Raises CatalogError that begins with `where` and names the field."""
    try:
        return model.model_validate(told)
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise CatalogError(f"{where}:\n" + "\n".join(lines)) from error
