"""FlexDeploy: its address, its ways to authenticate, its kinds."""

from __future__ import annotations

from typing import Annotated, Literal

from reconcile.provider import AuthScheme, Fields, System, doc
from reconcile.systems.flexdeploy.project import PROJECT
from reconcile.systems.flexdeploy.release import LIST, RELEASE


class Options(Fields):
    """What differs from one FlexDeploy server to the next."""

    hidden: Annotated[
        list[Literal["properties", "cmsDetails"]] | None,
        doc("List", "Fields that this server's GET never shows.", ["properties"]),
    ] = None


SYSTEM = System(
    type="flexdeploy",
    title="FlexDeploy",
    auth=(AuthScheme("basic"),),
    options=Options,
    kinds=(RELEASE, PROJECT),
    probe=lambda system, options: LIST(system, query={"releaseName": "reconcile-doctor"}),
)
