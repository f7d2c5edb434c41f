"""Surveyed requests as core has them, and the tables of satisfaction made of them."""

MEMPHIS, WACO = "4748000", "4876000"
ASKED, DELIVERED = "2014-06-02 14:00", "2014-06-10 14:00"  # Monday 10:00 Eastern, and the Tuesday of the week after
SETUP = ("core.period_days", "core.day_parts", "core.period_parts", "core.figure_keys")
TABLES = (
    "metrics.satisfaction_codes",
    "metrics.survey_kinds",
    "metrics.satisfaction_profiles",
    "metrics.answering",
    "metrics.satisfaction_cells",
    "metrics.satisfaction_counts",
    "metrics.satisfaction",
    "metrics.satisfaction_statement",
)


def survey(rating=None, /, city=MEMPHIS, topic="budget", channel="web", **columns):
    """A request and its survey, the answer an hour after delivery."""
    delivered = columns.pop("delivered_at", DELIVERED)
    answered = columns.pop("answered_at", delivered if rating else None)
    request = {
        "city_id": city, "caller_type": "city" if city else "county", "topic": topic, "channel": channel,
        "submitted_at": ASKED, "first_response_at": ASKED, "response_hours": 0, "resolved_at": ASKED,
        "is_test": False, "is_spam": False, "is_canonical": True,
    } | columns  # fmt: skip
    return request, {"delivered_at": delivered, "answered_at": answered, "rating": rating}


def fill(bench, surveys, cities=()):
    """core as it would stand. staging's part (what came after as_of) is in tests/golden/satisfaction.yml."""
    for table in ("core.eligibility", "core.engagement_cities"):
        bench.given(table)
    bench.given("core.cities", [{"city_id": city, "population": people} for city, people in cities])
    bench.given("core.requests", ({"request_id": str(n)} | request for n, (request, _) in enumerate(surveys)))
    bench.given("core.surveys", ({"request_id": str(n)} | answer for n, (_, answer) in enumerate(surveys)))


def run(bench, *surveys, as_of="2014-09-30", cities=()):
    bench.reference(as_of=as_of)
    fill(bench, surveys, cities)
    bench.run(*SETUP, *TABLES)


def figure(bench, metric, period="2014-06", grain="network", columns="numerator, denominator", **keys):
    where = " and ".join(f"{key} = '{value}'" for key, value in {"period": period, "grain": grain, **keys}.items())
    rows = bench.connection.execute(
        f"select {columns} from metrics.satisfaction where metric = '{metric}' and {where}"
    ).fetchall()
    assert len(rows) <= 1
    return rows[0] if rows else None
