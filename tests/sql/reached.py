"""What the tests of reach are given: eligible cities, and their uses of the four services."""

from engaged import engage

A, B, C, D = "0100001", "0100002", "0100003", "0100004"
TABLES = (
    *(
        "core.period_days",
        "core.day_parts",
        "core.period_parts",
        "core.uses",
        "metrics.reach_desk",
        "metrics.reach_cells",
    ),
    *(
        "metrics.reach_months",
        "metrics.reach_cities",
        "metrics.reach_topics",
        "metrics.reach_intervals",
        "metrics.reach",
    ),
)


def run(bench, eligibility, requests=(), engagements=(), events=(), library=(), as_of="2014-09-30"):
    """engagements: (id, starts_on, completed_on, cities); events: (id, held_on, cities); library: (day, city)."""
    bench.reference(as_of=as_of)
    bench.given("core.eligibility", eligibility)
    plans = [{"engagement_id": e, "topic": "budget", "starts_on": s, "completed_on": c} for e, s, c, _ in engagements]
    engage(bench, plans)
    served = [{"engagement_id": e, "city_id": city} for e, _, _, cities in engagements for city in cities]
    bench.given("core.engagement_cities", served)
    bench.given("core.peer_events", [{"event_id": e, "topic": "budget", "held_on": on} for e, on, _ in events])
    came = [{"event_id": e, "city_id": city, "held_on": on} for e, on, cities in events for city in cities]
    bench.given("core.attendance", came)
    bench.given("core.library_use", [opened(n, *use) for n, use in enumerate(library)])
    bench.desk(requests, *TABLES)


def opened(number, on, city):
    return {"use_id": f"U{number}", "used_at": f"{on} 15:00", "used_on": on, "city_id": city, "action": "view"}


def asked(city, on, **columns):
    return {"request_id": f"{city} {on}", "city": city, "topic": "budget", "submitted_at": f"{on} 15:00", **columns}


def eligible(city, since="2014-05-22", until=None):
    return {"city_id": city, "eligible_from": since, "eligible_to": until}


def figure(bench, metric, service, period, basis="then"):
    (row,) = bench.connection.execute(
        """select numerator, denominator, state from metrics.reach where metric = $metric and dimension = 'service'
        and dimension_value = $service and period = $period and basis is not distinct from $basis and grain = 'network'""",
        {"metric": metric, "service": service, "period": period, "basis": basis},
    ).fetchall()
    return row
