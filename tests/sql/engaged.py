"""core.engagements as the project makes them, from rows of staging: what started is told by their days and status."""


def engage(bench, rows=()):
    """(Re)makes core.engagements; `cities` of a row is how many it serves. Cities themselves are core.engagement_cities."""
    bench.given("staging.engagements", [{k: v for k, v in row.items() if k != "cities"} for row in rows])
    served = [{"engagement_id": r["engagement_id"], "city_id": str(n)} for r in rows for n in range(r.get("cities", 0))]
    bench.given("staging.engagement_cities", served)
    bench.run("core.engagements")
