"""What changed since one's last visit, in a real browser, which is what remembers it."""

from pathlib import Path

import pytest
from served import CHROMIUM, FLAGS, served
from small_restated import restated_home

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
KEPT = "JSON.parse(localStorage.getItem('cities311-visit'))"
LATER = f"localStorage.setItem('cities311-visit', JSON.stringify({{...{KEPT}, at: {KEPT}.at - 31 * 60 * 1000}}))"


def test_a_browser_that_saw_an_older_release_is_told_what_changed_since(tmp_path: Path) -> None:
    old, new = restated_home(tmp_path)
    current = tmp_path / "releases" / "CURRENT"
    told = "was published since your last visit"
    with served(tmp_path) as address, playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context()

        def opened(path: str = ""):
            page = context.new_page()
            page.goto(f"{address}/{path}", wait_until="domcontentloaded")
            page.get_by_text("Published").first.wait_for(timeout=60_000)
            page.wait_for_function(f"() => {KEPT}?.seen", timeout=60_000)
            return page

        current.write_text(old)
        first = opened()
        assert first.evaluate(KEPT)["seen"] == old and first.get_by_text(told).count() == 0
        current.write_text(new)
        first.evaluate(LATER)
        second = opened()
        line = second.get_by_text(told)
        line.wait_for(timeout=60_000)
        assert f"when {old} was current: 3 final figures were corrected materially" in line.inner_text()
        # it stays for all of the visit, in another tab too
        changes = opened("changes")
        chosen = "[...document.querySelectorAll('input')].map(input => input.value)"
        changes.wait_for_function(f"() => {chosen}.includes('{old} (your last visit)')", timeout=60_000)
        second.evaluate(LATER)
        third = opened("review")
        third.wait_for_timeout(2000)
        assert third.get_by_text(told).count() == 0
        browser.close()
