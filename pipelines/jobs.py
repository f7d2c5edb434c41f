"""refresh: from landing to the published tables. publish: the same, and a release. reports: what is made of one."""

from typing import Any

import dagster as dg

from pipelines import reports_job

ONE_WRITER = {"cities311/warehouse": "writer"}  # dagster.yaml lets one run with this tag go at a time


def build() -> list[Any]:
    everything = dg.AssetSelection.all()
    return [
        dg.define_asset_job(
            "refresh",
            selection=everything - dg.AssetSelection.assets("release"),
            description="Take in what is new and bring every table up to date, without a release.",
            tags=ONE_WRITER,
            executor_def=dg.in_process_executor,
        ),
        dg.define_asset_job(
            "publish",
            selection=everything,
            description="Take in what is new, bring every table up to date, check, and publish a release.",
            tags=ONE_WRITER,
            executor_def=dg.in_process_executor,
        ),
        reports_job.build(),
    ]
