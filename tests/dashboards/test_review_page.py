"""The page Review: what stands, the steps that may follow, and why one is refused."""

from small_release import write_release
from small_restated import NEW, OLD, RESTATEMENTS, made

from assets import decisions
from assets.releases import changes, reports

SPENT = [RESTATEMENTS[1] | {"metric": "sf425_10e", "unit": "usd"}]


def texts(page) -> str:
    kinds = (page.title, page.header, page.subheader, page.caption, page.markdown, page.info, page.warning, page.error)
    return "\n".join(element.value for kind in kinds for element in kind)


def take(page, step, who="Program lead", why="ready"):
    page.text_input[0].input(who)
    page.text_area[0].input(why)
    (button,) = [b for b in page.button if b.key == f"review_{step}"]
    return button.click().run()


def steps(page) -> list[str]:
    return [b.label for b in page.button if (b.key or "").startswith("review_")]


def test_it_opens_on_the_sample(release_home, monkeypatch, open_page):
    monkeypatch.setenv("CITIES311_HOME", str(release_home))
    page = open_page("review")
    assert not page.exception
    assert page.header[0].value == "No report has been submitted yet."
    assert "Synthetic data" in texts(page) and steps(page) == ["Submit"]


def test_without_a_release_it_says_what_to_do(tmp_path, monkeypatch, open_page):
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path))
    assert "make run" in texts(open_page("review"))


def test_from_draft_to_locked_as_a_reader_would(small_home, open_page):
    page = open_page("review")
    assert "SF-425 federal financial report, FY2015 Q2: **draft**." in texts(page)
    take(page, "submit")
    assert page.header[0].value == "1 report waits for a decision; none is approved."
    assert "**submitted** on release [2015-03-31-r1](?release=2015-03-31-r1)" in texts(page)
    assert steps(page) == ["Return with comments", "Approve"]
    take(page, "return", why="line 10e does not tie out")
    assert page.header[0].value == "No report waits for a decision; 1 was returned; none is approved."
    write_release(small_home, NEW)
    take(page.run(), "submit")
    assert f"`cities311 diff {OLD} {NEW}` does it" in page.error[0].value
    made(small_home / "bridges" / f"{OLD}..{NEW}", figures=SPENT)
    take(page.run(), "submit")
    assert "without a reason: late (1 figures)" in page.error[0].value
    assert "1 of the causes still needs a reason" in texts(page)
    changes.give(small_home / "decisions", OLD, NEW, "late", "Program lead", "a batch of invoices")
    take(page.run(), "submit")
    assert [frame.value["why"].tolist() for frame in page.dataframe if "figures" in frame.value] == [
        ["a batch of invoices"]
    ]
    assert reports.needed(small_home / "decisions").keys() == {"2015-03-31-r1", "2015-03-31-r2"}
    take(page, "approve", who="HUD reviewer")
    assert "cannot be approved before FY2015Q1, the period before it, which is draft" in page.error[0].value
    before = open_page("review", period="FY2015Q1")
    take(take(before, "submit"), "approve", who="HUD reviewer")
    take(page, "approve", who="HUD reviewer")
    assert page.header[0].value == "No report waits for a decision; 2 are approved."
    take(page, "lock", who="HUD reviewer")
    assert not page.exception and steps(page) == [] and "no step is taken with it any more" in texts(page)
    log = [line for line in decisions.history(small_home / "decisions", reports.LOG) if line["period"] == "FY2015Q2"]
    assert [(line["step"], line["who"]) for line in log] == [
        ("submit", "Program lead"), ("return", "Program lead"), ("submit", "Program lead"),
        ("approve", "HUD reviewer"), ("lock", "HUD reviewer"),
    ]  # fmt: skip


def test_a_refusal_says_why_and_leaves_no_line(small_home, open_page):
    page = take(open_page("review"), "submit", who=" ")
    assert "a decision needs who decides and why" in page.error[0].value
    assert not (small_home / "decisions/review.jsonl").exists() or not decisions.history(
        small_home / "decisions", "review"
    )


def test_a_log_that_was_edited_stops_every_step(small_home, open_page):
    take(open_page("review"), "submit")
    log = small_home / "decisions" / "review.jsonl"
    log.write_text(log.read_text().replace("Program lead", "Somebody else"))
    page = open_page("review")
    assert "is not as it was written" in page.header[0].value and "review.jsonl: line 1" in page.error[0].value
    assert steps(page) == []
