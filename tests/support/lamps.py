"""A system that exists in tests only: every shape of field, a chain of events, and objects that go away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from reconcile.provider import (
    Atomic,
    AuthScheme,
    Case,
    Decision,
    Default,
    Fields,
    Form,
    FromName,
    KeyedList,
    Kind,
    NamedBy,
    RefersTo,
    Request,
    Rest,
    Route,
    SensitiveIf,
    ServerDefault,
    System,
    creation_of,
    doc,
    forms,
    patch_of,
)

LIST = Route("GET /lamps")
EVENT = Route("POST /lamps/{lampId}/events")
POWER = ("OFF", "WARM", "ON")
REST = Rest(
    id="lampId",
    name="title",
    list=LIST,
    get=Route("GET /lamps/{lampId}"),
    create=Route("POST /lamps"),
    update=Route("PATCH /lamps/{lampId}"),
    delete=Route("DELETE /lamps/{lampId}"),
)


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


def decide(case: Case) -> Decision:
    """POST, else a PATCH of what changes and then one event after the other; a lamp never cools down."""
    if case.live is None:
        return Decision((REST.creation(case, creation_of(case)),), action="create")
    blocked = tuple(
        (change, "a lamp never cools down") for change in case.changes if _cools(case, change.path)
    )
    held = {change.path for change, _ in blocked}
    free = case._replace(changes=tuple(change for change in case.changes if change.path not in held))
    return Decision(tuple(_steps(free)), blocked)


def _cools(case: Case, path: Any) -> bool:
    return path == ("power",) and POWER.index(case.want["power"] or "OFF") < _stage(case)


def _stage(case: Case) -> int:
    return POWER.index(case.live.fields.get("power") or "OFF") if case.live else 0


def _steps(case: Case) -> Iterator[Request]:
    assert case.live is not None
    body = patch_of(case, "power")
    if body:
        yield REST.change(case, body)
    if any(change.path == ("power",) for change in case.changes):
        for stage in POWER[_stage(case) + 1 : POWER.index(case.want["power"]) + 1]:
            yield EVENT(case.system, {"to": stage}, lampId=case.live.id)


LAMP = Kind(
    name="Lamp",
    api_version="lamps/v1",
    summary="A lamp.",
    model=Lamp,
    rest=REST,
    decide=decide,
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
        AuthScheme("header", parameter="X-Lamp-Key", prefix="Lamp "),
        AuthScheme("oauth2", parameter="/oauth/token", scope="lamps"),
    ),
    options=LampOptions,
    kinds=(LAMP,),
    probe=lambda system, options: LIST(system),
    api=1,
)
