"""What each figure of the program's report, the expansion memo and a city's report has to be, by SQL on the release."""

from typing import Any

from report_expected import NONE, Cells, Lookup, budget, by_metric, listed, number_of, part, performance, sf425, value

CITY = "regexp_replace(name, ' (city|town|village|borough|municipality|township)$', '') || ', ' || state"
RATES = "select distinct topic from metric_values where metric in ('created', 'on_time_pct') and topic is not null"
TESTS = {">": "more than", ">=": "at least", "<": "less than", "<=": "at most"}


def words(topic: str) -> str:
    return "Cross-cutting" if topic == "cross_cutting" else topic.replace("_", " ").capitalize()


def program(at: Lookup, files: Any) -> Cells:
    for table in ("Figures", "Money", "By period"):
        yield from by_metric(at, files, table)
    topics = []
    for (topic,) in at.all(f"{RATES} and period = $1 and city_id is null and grain = 'topic'", at.period):
        asked, rate = (at.figure(metric, at.period, topic=topic) for metric in ("created", "on_time_pct"))
        counted = part(rate) if rate.get("denominator") else ""
        topics.append({"topic": words(topic), "created": number_of(asked), "on_time": value(rate), "counted": counted})
    topics.sort(key=lambda row: (-row["created"], row["topic"]))
    yield from listed("Topics", topics, "topic", "created", "on_time", "counted")
    cities = []
    for city, name in at.all(f"select city_id, {CITY} from cities order by cities.name, state, city_id"):
        asked, teams = (at.figure(metric, at.period, city) for metric in ("created", "engagements_active"))
        if asked.get("value") or teams.get("value"):
            told = {"city": name, "city_id": city, "created": number_of(asked), "teams": number_of(teams)}
            cities.append(told | {"on_time": part(at.figure("on_time_pct", at.period, city))})
    assert len(cities) > 10
    columns = ("city", "city_id", "created", "teams", "on_time")
    yield from listed("Cities", cities, *columns)
    most = sorted(cities, key=lambda row: (-(row["created"] or 0), row["city"]))[:25]
    if "Cities first" in files.columns:
        yield from listed("Cities first", most, *columns)


def expansion(at: Lookup, _: Any) -> Cells:
    rows = at.rows(
        f"select rank, {CITY} as city, city_id, criteria_met, criteria_known, unemployment_rate, noncollege_poverty,"
        " population_change, population from candidates where eligible = 'yes' and not served order by rank"
    )
    assert len(rows) > 40
    yield from listed("First", rows[:40], *rows[0])
    yield from listed("Candidates", rows, *rows[0])
    rules = at.rows("select distinct criterion, title, operator, threshold from eligibility_rule order by criterion")
    yield from listed(
        "Rule", [row | {"operator": TESTS[row["operator"]]} for row in rules], "title", "operator", "threshold"
    )


def city(at: Lookup, files: Any) -> Cells:
    yield from by_metric(at, files, "Figures")
    if "By period" in files.columns:
        yield from by_metric(at, files, "By period")
    topics = []
    for (topic,) in at.all(f"{RATES} and city_id = $1 and period in ($2, 'to_date') order by 1", at.city, at.period):
        asked, whole = (at.figure("created", period, at.city, topic=topic) for period in (at.period, "to_date"))
        if asked.get("value") or whole.get("value"):
            created = 0 if asked["state"] == "absent" else number_of(asked)
            on_time = part(at.figure("on_time_pct", at.period, at.city, topic=topic))
            topics.append({"topic": words(topic), "created": created, "to_date": number_of(whole), "on_time": on_time})
    yield from listed("Topics", topics, "topic", "created", "to_date", "on_time")
    teams = at.rows(
        "select e.engagement_id, e.title, e.starts_on, e.ends_on, e.completed_on,"
        " coalesce(case when c.entries > 0 then c.federal_usd end::varchar, 'Not reported') as federal_usd,"
        " coalesce(case when c.entries > 0 then c.match_usd end::varchar, 'Not reported') as match_usd"
        " from engagements e join engagement_cities m using (engagement_id) left join engagement_costs c using (engagement_id)"
        " where m.city_id = $1 order by e.starts_on, e.engagement_id",
        at.city,
    )
    if teams:
        yield from listed("Engagements", teams, *teams[0])
    asked = at.rows(
        "select request_id, submitted_on, topic from requests where city_id = $1 and not (is_test or is_spam)"
        " and submitted_on between $2 and $3 order by submitted_on, request_id",
        *(at.city, at.start, at.end),
    )
    told = at.figure("created", at.period, at.city)
    assert len(asked) == (told.get("value") or 0)
    if asked:
        yield from listed("Questions", [row | {"topic": words(row["topic"])} for row in asked], *asked[0])


EXPECTED = {
    "sf425": sf425,
    "performance": performance,
    "budget": budget,
    "program": program,
    "expansion": expansion,
    "city": city,
}
__all__ = ["EXPECTED", "NONE", "Lookup"]
