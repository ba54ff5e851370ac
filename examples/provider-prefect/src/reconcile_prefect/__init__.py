"""Prefect: its address, its ways to authenticate, its kinds."""

from __future__ import annotations

from reconcile.provider import AuthScheme, Fields, System

from reconcile_prefect.schedule import SCHEDULE
from reconcile_prefect.work_pool import POOLS, WORK_POOL


class Options(Fields):
    """What differs from one Prefect to the next: nothing that is known."""


SYSTEM = System(
    type="prefect",
    title="Prefect",
    auth=(AuthScheme("bearer"), AuthScheme("basic")),
    options=Options,
    kinds=(WORK_POOL, SCHEDULE),
    probe=lambda system, options: POOLS(system, {"limit": 1}),
    api=1,
)
