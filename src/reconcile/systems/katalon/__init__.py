"""Katalon TestOps: its address, its ways to authenticate, its kinds."""

from __future__ import annotations

from typing import Annotated, Literal

from reconcile.provider import AuthScheme, Fields, System, doc
from reconcile.systems.katalon.link import LINK
from reconcile.systems.katalon.release import RELEASE
from reconcile.systems.katalon.search import PROJECTS


class Options(Fields):
    """What differs from one TestOps to the next."""

    projectId: Annotated[int | None, doc("int64", "The project; a manifest may name another.", 4711)] = None
    paramStyle: Annotated[
        Literal["both", "query", "body"] | None,
        doc(
            "String", "Where a link's releaseId is sent; default: both, which serves either reading.", "both"
        ),
    ] = None


SYSTEM = System(
    type="katalon",
    title="Katalon TestOps",
    auth=(AuthScheme("apiKey"), AuthScheme("basic"), AuthScheme("bearer")),
    options=Options,
    kinds=(RELEASE, LINK),
    probe=lambda system, options: PROJECTS(system),
    strangers=True,
    api=1,
)
