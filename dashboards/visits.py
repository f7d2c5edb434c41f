"""Which release this browser saw last: the browser keeps it for itself, and no server does."""

import streamlit as st

KEY, KEPT = "visit", "visit_before"
# A visit lasts until no page was drawn for half an hour; what was current at the one before stays the same for all of it.
# Storage may be forbidden: then every visit is the first.
SCRIPT = """
export default function ({ data, setStateValue }) {
  try {
    const now = Date.now()
    let { seen = "", since = "", at = 0 } = JSON.parse(localStorage.getItem("cities311-visit") ?? "{}")
    if (now - at > 1800000 || !since) since = seen
    localStorage.setItem("cities311-visit", JSON.stringify({ seen: data.current, since, at: now }))
    const older = since === data.current ? "" : since // nothing new draws nothing again
    if (older !== data.told) setStateValue("since", older)
  } catch {}
}
"""


def note(current: str) -> None:
    """Tells the browser which release is current; it answers with the one that it saw last, by which the page is drawn again."""
    st.components.v2.component("visit", js=SCRIPT)(
        key=KEY, data={"current": current, "told": since()}, default={"since": ""}, on_since_change=_keep
    )


def _keep() -> None:
    st.session_state[KEPT] = st.session_state[KEY]["since"]


def since() -> str:
    """The release that was current at the last visit of this browser; empty where that is not known."""
    return str(st.session_state.get(KEPT, ""))
