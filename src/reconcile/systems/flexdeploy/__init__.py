"""FlexDeploy: its address, its ways to authenticate, its kinds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from reconcile.provider import (
    AuthScheme,
    Fields,
    Finding,
    System,
    doc,
    is_zone,
    nearest_zone,
    no_zone,
)
from reconcile.provider import Options as Given
from reconcile.systems.flexdeploy.project import PROJECT
from reconcile.systems.flexdeploy.release import LIST, RELEASE


class Options(Fields):
    """What differs from one FlexDeploy server to the next."""

    hidden: Annotated[
        list[Literal["properties", "cmsDetails"]] | None,
        doc("List", "Fields that this server's GET never shows.", ["properties"]),
    ] = None
    timeZone: Annotated[
        str | None,
        doc("String", "The zone of IANA in which its schedules fire; default: UTC.", "Europe/Berlin"),
    ] = None
    startEmpty: Annotated[
        bool | None,
        doc("Boolean", "Whether a release starts without projects, as in 8.0 and later.", True),
    ] = None
    completed: Annotated[
        Literal["finished", "drift"] | None,
        doc(
            "String",
            "What a COMPLETED release is: finished (the default), or drift where it can be reverted by hand, "
            "as in 9.0 and later.",
            "drift",
        ),
    ] = None


def known_zone(options: Given) -> Iterator[Finding]:
    """Yield what is wrong with the zone of the schedules."""
    zone = options.get("timeZone")
    if isinstance(zone, str) and not is_zone(zone):
        yield Finding(("timeZone",), "time-zone", f"timeZone: {no_zone(zone)}{nearest_zone(zone)}")


SYSTEM = System(
    type="flexdeploy",
    title="FlexDeploy",
    auth=(AuthScheme("basic"),),
    options=Options,
    option_rules=(known_zone,),
    kinds=(RELEASE, PROJECT),
    probe=lambda system, options: LIST(system, query={"releaseName": "reconcile-doctor"}),
    api=1,
)
