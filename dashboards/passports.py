"""The only door to passports: what stands behind a figure, worked out by the functions that `cities311 explain` uses too."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from assets.releases import explained
from assets.releases.explained import FORMULA, KEYS, NOT_TOLD, Opened, Passport, plain_text

__all__ = ["FORMULA", "NOT_TOLD", "Opened", "Passport", "address", "of", "plain_text", "query", "stem"]

PAGE = "passport"
QUERY = {  # name in the address -> key of metric_values
    "metric": "metric",
    "city": "city_id",
    "topic": "topic",
    "engagement": "engagement_id",
    "dimension": "dimension",
    "value": "dimension_value",
    "basis": "basis",
    "period": "period",
    "release": "release",
}


def query(row: Mapping[str, Any]) -> dict[str, str] | None:
    """The query that names a figure in the address of its passport; None where `row` is no figure of a release."""
    if not row.get("release") or not row.get("metric") or not row.get("period"):
        return None
    return {name: str(row[key]) for name, key in QUERY.items() if row.get(key) is not None}


def address(row: Mapping[str, Any]) -> str | None:
    """The address of the passport of a figure, as seen from any page; None where it has none."""
    named = query(row)
    return f"{PAGE}?{urlencode(named)}" if named else None


def stem(row: Mapping[str, Any]) -> str:
    """The name of the file of records behind a figure, without its suffix."""
    parts = [str(row[key]) for name, key in QUERY.items() if name not in ("dimension", "release") and row.get(key)]
    return re.sub(r"[^\w-]+", "_", "-".join(parts))


def of(path: str, manifest: Mapping[str, Any], row: Mapping[str, Any]) -> Opened:
    """The passport of a figure of the release at `path`, with its records."""
    return _opened(path, {key: row[key] for key in KEYS}, f"{stem(row)}.csv", manifest)


@st.cache_data(show_spinner="Working the figure out again …", max_entries=16)
def _opened(path: str, keys: dict[str, Any], file: str, _manifest: Mapping[str, Any]) -> Opened:
    return explained.opened(Path(path), _manifest, keys, file)
