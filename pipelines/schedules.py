"""When work runs by itself."""

import dagster as dg


def build() -> list[dg.ScheduleDefinition]:
    """Monthly, on the 5th: the month's records have had time to arrive."""
    return [
        dg.ScheduleDefinition(
            name="monthly",
            job_name="publish",
            cron_schedule="0 6 5 * *",
            execution_timezone="America/New_York",
            description="A release on the 5th of each month, 6 a.m. Eastern.",
        )
    ]
