"""The four filters of every page, in the sidebar and in the address. The address is the truth, both ways."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from assets import format as fmt
from dashboards import queries

NAMES = ("period", "city", "topic", "release")
PERIOD_TYPES = ("quarter", "fiscal_year", "to_date", "month")


@dataclass(frozen=True)
class Selection:
    """What a page is about. `period` is a row of queries.periods, `city` a row of `cities` or None for all of them."""

    release: queries.Release
    period: Mapping[str, Any] | None
    city: Mapping[str, Any] | None
    topic: str | None

    @property
    def keys(self) -> dict[str, Any]:
        """Keys of metric_values for the chosen city and topic, with their grain."""
        grain = {(False, False): "network", (True, False): "city", (False, True): "topic", (True, True): "city_topic"}
        chosen = (self.city is not None, self.topic is not None)
        return {"grain": grain[chosen], "city_id": self.city and self.city["city_id"], "topic": self.topic}

    @property
    def scope(self) -> str:
        """The chosen city and topic in words; empty for the whole network."""
        parts = [fmt.city(self.city)] if self.city else []
        return ", ".join(parts + ([fmt.words(self.topic)] if self.topic else []))


def default_period(periods: queries.Rows, release: queries.Release) -> str | None:
    """The last federal quarter that was complete at as-of, else the latest period there is."""
    complete = [p for p in periods if p["period_type"] == "quarter" and p["period_end"] <= release.as_of]
    chosen = complete or periods
    return chosen[-1]["period"] if chosen else None


def restore(page: str) -> None:
    """Carry the filters over when the reader moves to another page: its link has no query of its own.

    A link to a passport has: one that names a metric says all that the figure is about.
    """
    kept: dict[str, str] = st.session_state.setdefault("filters_kept", {})
    if st.session_state.get("filters_page") not in (None, page) and "metric" not in st.query_params:
        for name, value in kept.items():
            if name not in st.query_params:
                st.query_params[name] = value
    st.session_state["filters_page"] = page


def show(uses: tuple[str, ...]) -> Selection:
    """Draw the filters in their one order and return what is chosen. Raises NoRelease as queries does."""
    current = queries.current_id()
    place = {name: st.sidebar.container() for name in NAMES}
    ids = [current, *(found for found in queries.release_ids() if found != current)]
    chosen = _choose(place, "release", ids, current, words=lambda i: f"{i} (current)" if i == current else i)
    release = queries.open_release(chosen)

    known = queries.periods(release)
    periods = {p["period"]: p for kind in PERIOD_TYPES for p in reversed(known) if p["period_type"] == kind}
    cities = {row["city_id"]: row for row in queries.rows(release, "cities", "name, state")}
    used = queries.rows(release, "metric_values", "topic", metric="created", grain="topic", period_type="to_date")

    def in_words(period: str) -> str:
        return fmt.period_short(periods[period]["period_type"], period)

    def city_words(city_id: str) -> str:
        return fmt.city(cities[city_id]) if city_id else "All cities"

    def topic_words(topic: str) -> str:
        return fmt.words(topic) if topic else "All topics"

    standard = default_period(known, release)
    period = (
        _choose(place, "period", list(periods), standard, words=in_words, applies="period" in uses) if known else ""
    )
    city = _choose(place, "city", ["", *cities], "", words=city_words, applies="city" in uses)
    topics = ["", *(row["topic"] for row in used)]
    topic = _choose(place, "topic", topics, "", words=topic_words, applies="topic" in uses)
    used_city = cities.get(city) if "city" in uses else None
    used_topic = topic or None if "topic" in uses else None
    return Selection(release, periods.get(period), used_city, used_topic)


def _choose(
    place: Mapping[str, Any],
    name: str,
    options: list[str],
    default: str | None,
    *,
    words: Callable[[str], str],
    applies: bool = True,
) -> str:
    wanted = st.query_params.get(name, default)
    if wanted not in options:
        st.warning(f"The address names a {name} that this release does not have: {wanted}.", icon=":material/link_off:")
        wanted = default if default in options else options[0]
    key = f"filter_{name}"
    st.session_state[key] = wanted
    st.session_state["filters_kept"] = _kept(name, wanted, default)
    place[name].selectbox(
        name.capitalize(),
        options,
        key=key,
        format_func=words,
        on_change=_write,
        args=(name, default),
        disabled=not applies,
        help=None if applies else f"This page does not change with the {name}.",
    )
    return str(wanted)


def _kept(name: str, value: str | None, default: str | None) -> dict[str, str]:
    kept = {k: v for k, v in st.session_state.get("filters_kept", {}).items() if k != name}
    return kept if value is None or value == default else kept | {name: value}


def _write(name: str, default: str | None) -> None:
    """A choice goes into the address; the default leaves it, so that a plain link follows the current release."""
    value = st.session_state[f"filter_{name}"]
    if value == default:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
