"""A type of system that only a test knows: what a vendor's folder would declare, in about thirty lines."""

from __future__ import annotations

from typing import Annotated

from reconcile.provider import AuthScheme, Default, Fields, FromName, Kind, Rest, Route, System, doc

LIST = Route("GET /lamps")


class Lamp(Fields):
    """A lamp."""

    name: Annotated[str, doc("String", "Its name.", "Desk"), FromName()]
    lit: Annotated[bool | None, doc("Boolean", "Whether it is lit.", True), Default(False)] = None
    watts: Annotated[int | None, doc("Integer", "What it takes.", 40)] = None


LAMP = Kind(
    name="Lamp",
    api_version="toy/v1",
    summary="A lamp of the toy shop.",
    model=Lamp,
    rest=Rest(
        id="id",
        name="name",
        list=LIST,
        get=Route("GET /lamps/{id}"),
        create=Route("POST /lamps"),
        update=Route("PATCH /lamps/{id}"),
        delete=Route("DELETE /lamps/{id}", at_most_once=True),
    ),
)
TOY = System(
    type="toy",
    title="Toy shop",
    auth=(AuthScheme("bearer"),),
    options=Fields,
    kinds=(LAMP,),
    probe=lambda system, options: LIST(system),
    api=1,
)

if __name__ == "__main__":
    from reconcile.cli.main import main
    from reconcile.systems import register

    register(TOY)
    main()
