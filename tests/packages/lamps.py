"""A package that adds lamps, as its author would write it; `LAMPS` has other words in it for other tests."""

MODULE = '''
from typing import Annotated

from reconcile.provider import AuthScheme, Default, Fields, FromName, Kind, Rest, Route, System, doc

LIST = Route("GET /lamps")


class Lamp(Fields):
    """A lamp."""

    name: Annotated[str, doc("String", "Its name.", "Desk"), FromName()]
    lit: Annotated[bool | None, doc("Boolean", "Whether it is lit.", True), Default(False)] = None


LAMP = Kind(
    name="Lamp",
    api_version="lamps/v1",
    summary="A lamp of the lamp shop.",
    model=Lamp,
    rest=Rest(
        id="id",
        name="name",
        list=LIST,
        get=Route("GET /lamps/{id}"),
        create=Route("POST /lamps"),
        update=Route("PATCH /lamps/{id}"),
        delete=Route("DELETE /lamps/{id}"),
    ),
)
SYSTEM = System(
    type="lamps",
    title="Lamp shop",
    auth=(AuthScheme("bearer"),),
    options=Fields,
    kinds=(LAMP,),
    probe=lambda system, options: LIST(system),
    api=1,
)
'''
FILES = {"reconcile_lamps/__init__.py": MODULE}
POINTS = {"lamps": "reconcile_lamps:SYSTEM"}
PROJECT = "version: 1\nsystems: {lamps: {url: 'https://lamps.example', auth: {bearer: {env: LAMPS_TOKEN}}}}\n"
BUILT_IN = "version: 1\nsystems: {katalon: {url: 'https://k.example', auth: {bearer: {env: K_TOKEN}}}}\n"
DESK = "apiVersion: lamps/v1\nkind: Lamp\nmetadata: {name: desk}\nspec: {lit: true}\n"
