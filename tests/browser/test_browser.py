"""Every page in a real browser: it opens, says what it must, shows no error, and asks nothing of another machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from served import CHROMIUM, FLAGS, served

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
PAGES = {
    "": "Overview",
    "city": "City",
    "topics": "Topics",
    "responsiveness": "Responsiveness",
    "engagements": "Engagements",
    "peers-library": "Peers and library",
    "funding": "Funding",
    "reports": "Reports",
    "where-next": "Where next",
    "data-quality": "Data quality",
    "passport": "Passport",
    "review": "Review",
    "changes": "Changes",
}
QUERIES = {"city": "?city=4748000", "passport": "?metric=on_time_pct"}  # without them these ask for a choice


@pytest.fixture(scope="module")
def address(release_home: Path):
    """The pages, served by the command on a port of their own."""
    with served(release_home) as found:
        yield found


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as p:
        opened = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser, address):
    """Opens a page and waits until it has been drawn; keeps what went wrong on the way."""
    context = browser.new_context(viewport={"width": 1280, "height": 1200})
    page = context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(f"error: {error}"))

    def asked(request) -> None:
        host = urlsplit(request.url).hostname
        if host not in (None, "localhost", "127.0.0.1"):
            trouble.append(f"asked another machine: {request.url}")

    def answered(response) -> None:
        # Streamlit looks for its own root below the page's path first, and takes "not there" for an answer.
        if response.status >= 400 and "/_stcore/" not in response.url:
            trouble.append(f"{response.status} {response.url}")

    page.on("request", asked)
    page.on("response", answered)

    def go(path: str):
        page.goto(f"{address}/{path}", wait_until="domcontentloaded")
        page.locator("h1").first.wait_for(timeout=60_000)
        page.get_by_text("Release").first.wait_for(timeout=60_000)
        page.wait_for_function("() => !document.querySelector('[data-testid=stStatusWidget]')", timeout=60_000)
        return page

    yield go, trouble
    context.close()


@pytest.mark.parametrize(("path", "title"), PAGES.items())
def test_page_opens_without_error_or_outside_request(visit, path: str, title: str) -> None:
    go, trouble = visit
    page = go(path + QUERIES.get(path, ""))
    assert page.locator("h1").first.inner_text() == title
    assert page.locator("[data-testid=stException]").count() == 0
    assert "Traceback" not in page.inner_text("body")
    assert page.get_by_text("Synthetic data", exact=False).count() > 0
    without_a_chart = {  # the sample has one release, so that nothing of it changed
        "review": page.get_by_role("button", name="Submit"),
        "reports": page.get_by_role("button", name="Workbook"),
        "passport": page.get_by_text("This line works the figure out again"),
        "changes": page.get_by_text("There is no release before"),
    }
    drawn = without_a_chart.get(path, page.locator(".js-plotly-plot svg.main-svg"))
    drawn.first.wait_for(timeout=60_000)
    assert not trouble


def test_the_menu_leads_to_every_page(visit) -> None:
    go, trouble = visit
    page = go("")
    for title in list(PAGES.values())[1:]:
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=title).click()
        page.locator("h1", has_text=title).first.wait_for(timeout=60_000)
        assert page.locator("[data-testid=stException]").count() == 0
    assert not trouble


def test_a_city_opens_by_its_address(visit) -> None:
    go, trouble = visit
    page = go("city?city=4748000&period=FY2016Q4")
    page.get_by_text("Memphis").first.wait_for(timeout=60_000)
    assert "period=FY2016Q4" in page.url
    assert not trouble


def test_a_figure_leads_to_its_passport_by_mouse_and_by_keyboard(visit) -> None:
    go, trouble = visit
    page = go("?period=FY2016Q4")

    def link(title: str):
        card = page.get_by_test_id("stColumn").filter(has_text=title)
        found = card.get_by_role("link", name="How it is made")
        found.wait_for(timeout=60_000)
        inner, outer = found.bounding_box(), card.bounding_box()
        assert outer["x"] <= inner["x"] and inner["x"] + inner["width"] <= outer["x"] + outer["width"]
        return found

    link("Answered on time").click()
    page.locator("h2", has_text="Answered on time, all cities, FY2016 Q4").wait_for(timeout=60_000)
    assert "metric=on_time_pct" in page.url and "release=" in page.url
    page.go_back()
    page.locator("h1", has_text="Overview").wait_for(timeout=60_000)
    link("Requests open").focus()
    page.keyboard.press("Enter")
    page.locator("h2", has_text="Requests open, all cities, FY2016 Q4").wait_for(timeout=60_000)
    assert page.locator("[data-testid=stException]").count() == 0 and not trouble


@pytest.mark.parametrize("path", ["", "responsiveness", "engagements", "peers-library", "passport?metric=on_time_pct"])
def test_pages_read_well_on_a_phone(visit, path: str) -> None:
    go, trouble = visit
    page = go(path)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not trouble


def test_a_link_is_found_by_the_first_visitor_of_a_server(browser, release_home: Path) -> None:
    """Streamlit guesses pages from their files until somebody has opened the app; ours has its menu from the start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "dashboards.serve", "--server.port", str(port)],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"CITIES311_HOME": str(release_home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    page = browser.new_page()
    try:
        for _ in range(120):
            try:
                page.goto(f"http://localhost:{port}/peers-library", wait_until="domcontentloaded")
                break
            except playwright.Error:
                time.sleep(0.5)
        page.locator("h1", has_text="Peers and library").first.wait_for(timeout=60_000)
        assert page.get_by_text("Page not found").count() == 0
        page.get_by_test_id("stSidebarNav").get_by_role("link", name="Data quality").wait_for(timeout=60_000)
    finally:
        page.close()
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)
