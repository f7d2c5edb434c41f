"""The one Definitions."""

import dagster as dg

from pipelines import graph, jobs, schedules
from pipelines.resources import Warehouse
from pipelines.sensors import landing_sensor


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(
        assets=graph.build(),
        jobs=jobs.build(),
        schedules=schedules.build(),
        sensors=[landing_sensor],
        resources={"warehouse": Warehouse()},
    )
