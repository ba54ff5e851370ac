"""A type of system that only a test knows: what a vendor's folder would declare, in about thirty lines."""

from __future__ import annotations

from typing import Annotated

from reconcile.fields.annotations import Default, Fields, FromName, doc
from reconcile.model import Live
from reconcile.provider.kinds import AuthScheme, Case, Decision, Kind, Route, System

LIST, GET = Route("GET /lamps"), Route("GET /lamps/{id}")
POST, PATCH, DELETE = (
    Route("POST /lamps"),
    Route("PATCH /lamps/{id}"),
    Route("DELETE /lamps/{id}", at_most_once=True),
)


class Lamp(Fields):
    """A lamp."""

    name: Annotated[str, doc("String", "Its name.", "Desk"), FromName()]
    lit: Annotated[bool | None, doc("Boolean", "Whether it is lit.", True), Default(False)] = None
    watts: Annotated[int | None, doc("Integer", "What it takes.", 40)] = None


def decide(case: Case) -> Decision:
    if case.live is None:
        return Decision((POST(case.system, dict(case.want)),), action="create")
    changed = {str(change.path[0]): change.after for change in case.changes}
    return Decision((PATCH(case.system, changed, id=case.live.id),))


LAMP = Kind(
    name="Lamp",
    api_version="toy/v1",
    summary="A lamp of the toy shop.",
    model=Lamp,
    key=("name",),
    lookup=lambda system, resources, options: [LIST(system)],
    fetch=lambda system, id_, options: GET(system, id=id_)._replace(absent_on=(404,)),
    read=lambda row: Live(row["id"], row["name"], row),
    id_field="id",
    decide=decide,
    remove=lambda case: Decision((DELETE(case.system, id=case.live.id if case.live else None),)),
)
TOY = System(
    type="toy",
    title="Toy shop",
    auth=(AuthScheme("bearer"),),
    options=Fields,
    kinds=(LAMP,),
    probe=lambda system, options: LIST(system),
)

if __name__ == "__main__":
    from reconcile.cli.main import main
    from reconcile.systems import register

    register(TOY)
    main()
