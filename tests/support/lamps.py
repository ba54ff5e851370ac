"""A system that exists in tests only: every shape of field, a chain of events, and objects that go away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from reconcile.fields import forms
from reconcile.fields.annotations import (
    Atomic,
    Default,
    Fields,
    Form,
    FromName,
    KeyedList,
    NamedBy,
    RefersTo,
    SensitiveIf,
    ServerDefault,
    doc,
)
from reconcile.model import Json, Live, Request, Resource
from reconcile.provider.kinds import AuthScheme, BadAnswer, Case, Decision, Kind, Options, Route, System

LIST = Route("GET /lamps")
GET = Route("GET /lamps/{lampId}")
POST = Route("POST /lamps")
PATCH = Route("PATCH /lamps/{lampId}")
EVENT = Route("POST /lamps/{lampId}/events")
DELETE = Route("DELETE /lamps/{lampId}")
POWER = ("OFF", "WARM", "ON")


class Bulb(Fields):
    """A bulb of a lamp."""

    slot: Annotated[int, doc("Long", "Where it is screwed in.", 1), NamedBy("slotName")]
    hue: Annotated[str | None, doc("String", "Its hue.", "red")] = None
    lumen: Annotated[
        int | None, doc("Long", "Its light; null leaves it to the lamp.", 800), ServerDefault()
    ] = None


class Mount(Fields):
    """How a lamp hangs."""

    wall: Annotated[str | None, doc("String", "The wall.", "north")] = None
    height: Annotated[int | None, doc("Long", "In centimetres.", 200), Default(180)] = None
    hooks: Annotated[list[Bulb] | None, doc("List", "More bulbs.", []), KeyedList(("slot",))] = None


class Lamp(Fields):
    """A lamp with a field of every shape."""

    title: Annotated[str, doc("String", "Its name.", "Desk"), FromName()]
    power: Annotated[Literal["OFF", "WARM", "ON"] | None, doc("String", "On or off.", "ON")] = None
    note: Annotated[str | None, doc("String", "Free text.", "mine")] = None
    watts: Annotated[int | None, doc("Long", "Its power.", 40)] = None
    dim: Annotated[bool | None, doc("Boolean", "Whether it dims.", True), Default(False)] = None
    since: Annotated[str | None, doc("String", "An instant.", ""), Form(forms.instant)] = None
    port: Annotated[int | None, doc("Long", "Chosen by the server for null.", 9), ServerDefault()] = None
    tags: Annotated[list[str] | None, doc("List", "Words, in no order.", ["a"])] = None
    trigger: Annotated[dict[str, Any] | None, doc("Object", "A tagged union.", {}), Atomic()] = None
    mount: Annotated[Mount | None, doc("Mount", "How it hangs.", {})] = None
    bulbs: Annotated[list[Bulb] | None, doc("List", "Its bulbs.", []), KeyedList(("slot", "hue"))] = None
    room: Annotated[int | None, doc("Long", "Its room.", 3), RefersTo("Lamp"), NamedBy("roomName")] = None
    pin: Annotated[str | None, doc("String", "A secret.", "x"), SensitiveIf(lambda lamp: True)] = None


def read(row: Json) -> Live:
    """A lamp as the server shows it."""
    if not isinstance(row, dict) or "lampId" not in row:
        raise BadAnswer("a lamp has no lampId")
    return Live(row["lampId"], row["title"], row)


def lookup(system: str, resources: Sequence[Resource], options: Options) -> Sequence[Request]:
    """All lamps: the server has no filter."""
    return (LIST(system),)


def fetch(system: str, id_: Json, options: Options) -> Request:
    """One lamp; a 404 says that there is none."""
    return GET(system, lampId=id_)._replace(absent_on=(404,))


def decide(case: Case) -> Decision:
    """POST, else a PATCH of what changes and then one event after the other; a lamp never cools down."""
    if case.live is None:
        said = {name: value for name, value in case.want.items() if value is not None}
        return Decision((POST(case.system, said),), action="create")
    blocked = tuple(
        (change, "a lamp never cools down") for change in case.changes if _cools(case, change.path)
    )
    held = {change.path for change, _ in blocked}
    return Decision(tuple(_steps(case, {c.path[0] for c in case.changes if c.path not in held})), blocked)


def _cools(case: Case, path: Any) -> bool:
    return path == ("power",) and POWER.index(case.want["power"] or "OFF") < _stage(case)


def _stage(case: Case) -> int:
    return POWER.index(case.live.fields.get("power") or "OFF") if case.live else 0


def _steps(case: Case, names: set[Any]) -> Iterator[Request]:
    assert case.live is not None
    body = {name: case.want[name] for name in case.want if name in names - {"power"}}
    if body:
        yield PATCH(case.system, body, lampId=case.live.id)
    if "power" in names:
        for stage in POWER[_stage(case) + 1 : POWER.index(case.want["power"]) + 1]:
            yield EVENT(case.system, {"to": stage}, lampId=case.live.id)


def remove(case: Case) -> Decision:
    """A lamp goes by a DELETE."""
    assert case.live is not None
    return Decision((DELETE(case.system, lampId=case.live.id),), action="delete")


LAMP = Kind(
    name="Lamp",
    api_version="lamps/v1",
    summary="A lamp.",
    model=Lamp,
    key=("title",),
    lookup=lookup,
    fetch=fetch,
    read=read,
    id_field="lampId",
    decide=decide,
    remove=remove,
)


class LampOptions(Fields):
    """What differs from one lamp server to the next."""

    hidden: list[str] | None = None
    volts: int | None = None


LAMPS = System(
    type="lamps",
    title="Lamps",
    auth=(
        AuthScheme("basic"),
        AuthScheme("apiKey"),
        AuthScheme("bearer"),
        AuthScheme("token", parameter="auth_token"),
        AuthScheme("oauth2", parameter="/oauth/token", scope="lamps"),
    ),
    options=LampOptions,
    kinds=(LAMP,),
    probe=lambda system, options: LIST(system),
)
