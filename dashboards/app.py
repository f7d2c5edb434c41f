"""Navigation only: which pages there are, for whom. Run with `cities311 dashboard`."""

from pathlib import Path

import streamlit as st

PAGES = {
    "Program": [
        st.Page("pages/overview.py", title="Overview", icon=":material/dashboard:", url_path="overview", default=True),
        st.Page("pages/city.py", title="City", icon=":material/location_city:", url_path="city"),
        st.Page("pages/topics.py", title="Topics", icon=":material/category:", url_path="topics"),
    ],
    "Service": [
        st.Page("pages/responsiveness.py", title="Responsiveness", icon=":material/timer:", url_path="responsiveness"),
        st.Page("pages/engagements.py", title="Engagements", icon=":material/handshake:", url_path="engagements"),
        st.Page("pages/peers_library.py", title="Peers and library", icon=":material/hub:", url_path="peers-library"),
    ],
    "Funding": [
        st.Page("pages/funding.py", title="Funding", icon=":material/account_balance:", url_path="funding"),
        st.Page("pages/reports.py", title="Reports", icon=":material/description:", url_path="reports"),
    ],
    "Choose": [
        st.Page("pages/where_next.py", title="Where next", icon=":material/explore:", url_path="where-next"),
    ],
    "Trust": [
        st.Page("pages/data_quality.py", title="Data quality", icon=":material/fact_check:", url_path="data-quality"),
        st.Page("pages/passport.py", title="Passport", icon=":material/badge:", url_path="passport"),
        st.Page("pages/review.py", title="Review", icon=":material/approval:", url_path="review"),
        st.Page("pages/changes.py", title="Changes", icon=":material/published_with_changes:", url_path="changes"),
    ],
}

# A file of ours, set before the navigation: the browser would fetch a page's Material icon for its tab from another host.
st.set_page_config(page_icon=Path(__file__).with_name("icon.svg"), layout="wide")
page = st.navigation(PAGES, expanded=True)
st.set_page_config(page_title=f"{page.title} \N{MIDDLE DOT} National Resource Network")
page.run()
