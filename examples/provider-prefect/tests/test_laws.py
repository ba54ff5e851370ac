"""Holds the system to the laws: on the server that plays recorded answers, or on the real one.

`PREFECT_API_URL=http://127.0.0.1:4200/api pytest` tries the real one, in which it makes pools, a flow, a
deployment and its schedules; it deletes the pools and the schedules that it made.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from reconcile.provider.testing import Laws, Sample

from played import deployed, server_url
from reconcile_prefect import SYSTEM

DEPLOYMENT = {"named": "law-flow/law-deployment"}


class TestLaws(Laws):
    system = SYSTEM
    samples = (
        Sample(
            "WorkPool",
            {
                "type": "process",
                "description": "Nightly jobs.",
                "concurrency_limit": 3,
                "base_job_template": {
                    "job_configuration": {"image": "large"},
                    "variables": {"type": "object"},
                },
            },
            {
                "description": "Daily jobs.",
                "concurrency_limit": 4,
                "is_paused": True,
                "base_job_template": {
                    "job_configuration": {"image": "small"},
                    "variables": {"type": "object"},
                },
            },
        ),
        Sample(
            "DeploymentSchedule",
            {
                "deployment_id": DEPLOYMENT,
                "schedule": {"cron": "0 2 * * *", "timezone": "Europe/Berlin"},
                "parameters": {"day": "today"},
                "max_scheduled_runs": 3,
            },
            {
                "schedule": {"cron": "0 3 * * *", "day_or": False},
                "active": False,
                "parameters": {"day": "yesterday"},
                "max_scheduled_runs": 5,
            },
        ),
        Sample(
            "DeploymentSchedule",
            {"deployment_id": DEPLOYMENT, "schedule": {"interval": 3600}},
            {"schedule": {"rrule": "FREQ=DAILY"}},
        ),
    )

    @pytest.fixture
    def server(self) -> Iterator[str]:
        with server_url() as url:
            deployed(url, "law-flow", "law-deployment")
            yield url
