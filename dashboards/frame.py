"""What stands around every page: the banner, the filters, the footer, and the page that says why there is nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from assets import format as fmt
from dashboards import deciding, filters, queries, visits

SYNTHETIC = (
    "**Synthetic data.** City names are real; every measurement was made up to show how the system works. "
    "No figure here describes a real city."
)


def begin(page: str, title: str, uses: tuple[str, ...]) -> filters.Selection:
    """Title, banner and filters of `page`; stops the page with what to do where no release can be read."""
    try:
        filters.restore(page)
        selection = filters.show(uses)
    except queries.Damaged as damaged:
        st.title(title)
        st.error(str(damaged), icon=":material/gpp_bad:")
        st.markdown("\n".join(f"- {what}" for what in damaged.files))
        others = [f"[{each}](?release={each})" for each in queries.release_ids() if each != damaged.release_id]
        st.markdown(
            "Restore the files from a copy; `cities311 doctor` checks every release, and `cities311 run` makes a damaged "
            f"current one again. {'Other releases: ' + ', '.join(others) + '.' if others else ''}"
        )
        st.stop()
    except queries.NoRelease as missing:
        st.title(title)
        st.info(f"{missing} There is nothing to show yet.", icon=":material/inventory_2:")
        st.markdown(
            "Publish one, then reload this page:\n\n"
            "- `make run` builds a synthetic sample network and publishes it;\n"
            "- `cities311 run --landing DIR` takes in your own files.\n\n"
            "If a run has already ended, `cities311 status` says why it published nothing."
        )
        st.stop()
    if selection.release.synthetic:
        st.warning(SYNTHETIC, icon=":material/science:")
    if selection.release.id != queries.current_id():
        st.info(f"You are reading an earlier release, {selection.release.id}.", icon=":material/history:")
    if page != "changes":
        announced(selection.release)
    st.title(title)
    return selection


def announced(release: queries.Release) -> None:
    """What this release changed of the one before it, and what the current one changed since one's last visit."""
    seen = visits.since() if release.id == queries.current_id() else ""
    restated = queries.restated(release)
    if restated and restated[0] != seen:
        st.info(corrected(*restated, release.id), icon=":material/published_with_changes:")
    ids = queries.release_ids()  # newest first
    if seen in ids and ids.index(seen) > ids.index(release.id):
        st.info(since_visit(seen, deciding.material(seen, release.id), release.id), icon=":material/update:")


def since_visit(old: str, figures: int | None, new: str) -> str:
    """The line on what changed since one's last visit; figures: None where nobody has worked it out yet."""
    said = f"Release {new} was published since your last visit, when {old} was current"
    if figures is not None:
        many = (
            f"{fmt.number(figures)} final {'figure' if figures == 1 else 'figures'}" if figures else "no final figure"
        )
        said += f": {many} {'was' if figures < 2 else 'were'} corrected materially"
    return f"{said}; see [Changes](changes?old={old}&release={new})."


def corrected(old: str, figures: int, new: str) -> str:
    """The line on a release that restates final figures materially, with the way to what changed."""
    changed = f"{fmt.number(figures)} final {'figure' if figures == 1 else 'figures'} changed"
    return f"Corrected since {old}: {changed}; see [Changes](changes?old={old}&release={new})."


def finding(sentence: str) -> None:
    """The sentence that answers the page's question, first on the page."""
    st.header(sentence, anchor=False)


def end(selection: filters.Selection) -> None:
    """The footer: which release, as of when, made of what."""
    release = selection.release
    visits.note(str(queries.current_id()))
    st.divider()
    st.caption(f"{program(release)} · {about(release)} · Published {_instant(release.manifest.get('created_at'))}.")


def program(release: queries.Release) -> str:
    """The name of the program, as its manifest gives it."""
    named = release.manifest.get("program")
    if isinstance(named, Mapping):
        named = named.get("name")
    return str(named or "National Resource Network")


def about(release: queries.Release) -> str:
    """Release and as-of date, as they stand below every chart."""
    return f"Release {release.id} · As of {fmt.day(release.as_of)}"


def source(release: queries.Release, what: str | None = None) -> str:
    """The line below a chart."""
    return f"Source: {what or program(release) + ' records'}{' (synthetic)' if release.synthetic else ''} · {about(release)}"


def empty(what: str, why: str) -> None:
    """An empty state: what is not there, why, and what to do."""
    st.info(f"**{what}** {why}", icon=":material/info:")


def _instant(value: Any) -> str:
    if not value:
        return "at an unrecorded time"
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    moment = moment.astimezone(ZoneInfo(fmt.ZONE))
    return f"{fmt.day(moment)}, {moment:%H:%M} Eastern"
