"""Rows of core tables, and the alerts that come of them."""

from engaged import engage

from assets import catalog, checks

MEMPHIS, WACO = "4748000", "4876000"
CORE = (
    *("cities", "eligibility", "requests", "engagement_cities", "milestones", "surveys", "ledger"),
    *("library_use", "library_resources", "recommendations", "peer_events", "attendance", "award"),
)
CITY = {"city_id": MEMPHIS, "name": "Memphis city", "state": "TN"}
ELIGIBLE = {"city_id": MEMPHIS, "eligible_from": "2014-05-22"}


def request(name, **columns):
    """An open request of the desk, due on Thursday 5 June at 14:00 UTC."""
    return {
        **{"request_id": name, "city_id": MEMPHIS, "topic": "budget", "status": "open", "is_test": False},
        **{"is_spam": False, "is_canonical": True, "submitted_at": "2014-06-02 14:00", "submitted_on": "2014-06-02"},
        **{"due_at": "2014-06-05 14:00", "due_on": "2014-06-05", **columns},
    }


def run(bench, as_of="2014-09-30", figures=(), came=(), **core):
    """Every alert, the most urgent first; core: rows of core tables by name, the others empty; came: (feed, day, status)."""
    bench.reference(as_of=as_of)
    for feed, day, status in came:
        bench.connection.execute(
            "insert into reference.receipts (feed, delivered_on, status) values (?, ?, ?)", [feed, day, status]
        )
    for table in CORE:
        bench.given(f"core.{table}", core.get(table, ()))
    engage(bench, core.get("engagements", ()))
    bench.given("metrics.metric_values", figures)
    bench.run("metrics.alert_cities", "metrics.alert_feeds", "metrics.alerts", "published.alerts")
    for table in ("metrics.alert_cities", "metrics.alert_feeds", "metrics.alerts", "published.alerts"):
        outcomes = checks.check_table(bench.connection, catalog.load().tables[table])
        assert [o for o in outcomes if not o.passed] == [], table
    return bench.rows("select * from published.alerts order by sort_order")


def of(rows, kind):
    return [row for row in rows if row["kind"] == kind]


def asked(*days, city=MEMPHIS, **columns):
    return [
        request(f"{city}-{n}", city_id=city, submitted_on=day, status="closed", **columns) for n, day in enumerate(days)
    ]


def posted(*days):
    return [{"entry_id": str(n), "posted_on": day} for n, day in enumerate(days)]
