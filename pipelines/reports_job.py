"""The Dagster job `reports`: the reports of a period as files in HOME/reports, by the same code as the command and the page."""

from typing import Any

import dagster as dg
from pydantic import Field

from pipelines.resources import Warehouse

ALL = ("sf425", "performance", "budget", "program", "expansion")


class Wanted(dg.Config):
    """Which reports; release: empty takes the current one; cities: GEOIDs for report city, empty takes every one that used a
    service; draft: also what is not complete, marked so."""

    period: str
    reports: list[str] = Field(default_factory=lambda: [*ALL])
    release: str = ""
    cities: list[str] = Field(default_factory=list)
    draft: bool = False


@dg.op(description="Writes each report of the period to HOME/reports/<release>/<period>.")
def write_reports(context: dg.OpExecutionContext, config: Wanted, warehouse: Warehouse) -> None:
    from assets.decisions import Refused
    from assets.documents import packs
    from pipelines import released, reporting

    layout = warehouse.request().layout
    try:
        release = released.named(layout.releases, config.release or None)
        folder = layout.home / "reports" / release / config.period
        files: list[Any] = []
        for report in config.reports:
            reporting.worked_out(layout, report, config.period, release)
            cities = config.cities if report == "city" and config.cities else None
            files += packs.write(folder, packs.make(layout.home, release, report, config.period, cities, config.draft))
    except (released.Unknown, Refused) as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    context.add_output_metadata({"folder": str(folder), "files": len(files), "release": release})


def build() -> Any:
    return dg.GraphDefinition(name="reports", node_defs=[write_reports]).to_job(
        description="The reports of a period: PDF, workbook, data.", executor_def=dg.in_process_executor
    )
