"""Runs in this process, and what a release says it restated."""

from datetime import date, datetime
from decimal import Decimal

import duckdb
from network import Network

from assets.releases import seal
from assets.releases.passport import KEYS
from pipelines import knowledge, restating, steps, writing
from pipelines.settings import Layout


def run(net: Network, as_of: date | None = None, known_on: datetime | None = None) -> str:
    """What the job does, without Dagster; returns the release."""
    request = knowledge.Request(net.landing, Layout(net.home), as_of, known_on)
    with writing.alone(request.layout):
        with writing.warehouse(request.layout) as connection:
            steps.take_in(connection, request, lambda line: None)
            steps.set_clocks(connection, knowledge.of(request))
            for layer in steps.LAYERS:
                steps.build(connection, layer)
        return restating.publish_standing(request)


def bridge(net: Network, metric: str, period: str = "to_date", **keys: str) -> dict[str, Decimal | None]:
    """Each cause and its delta, for one figure."""
    keys = {"grain": "network"} | keys
    where = "".join(f" and {key} = '{value}'" for key, value in keys.items())
    where += "" if "dimension" in keys else " and dimension is null"
    rows = net.table(
        "restatements", f"select cause, delta from t where metric = '{metric}' and period = '{period}'{where}"
    )
    assert len({cause for cause, _ in rows}) == len(rows)
    return dict(rows)


def unbalanced(net: Network) -> list[tuple]:
    """Figures whose deltas do not sum to the difference of the two releases, by the releases themselves."""
    current = net.current or ""
    old = seal.manifest(net.home / "releases" / current)["restates"]
    if old is None:
        return []
    told = {
        side: f"read_parquet('{net.home}/releases/{r}/metric_values.parquet')"
        for side, r in (("o", old), ("n", current))
    }
    same = " and ".join(f"o.{k} is not distinct from n.{k}" for k in KEYS)
    summed = " and ".join(f"s.{k} is not distinct from n.{k}" for k in KEYS)
    amount = "cast(coalesce({0}.amount_usd, {0}.value) as decimal(28, 6))"
    with duckdb.connect() as connection:
        return connection.execute(f"""
            select n.metric, n.grain, n.period, {amount.format("o")}, {amount.format("n")}, s.delta
            from {told["o"]} as o inner join {told["n"]} as n on {same}
            left join (
                select {", ".join(KEYS)}, sum(delta) as delta
                from read_parquet('{net.home}/releases/{current}/restatements.parquet') group by all
            ) as s on {summed}
            where o.state = 'value' and n.state = 'value'
                and {amount.format("n")} - {amount.format("o")} <> coalesce(s.delta, 0)
        """).fetchall()
