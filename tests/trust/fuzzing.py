"""Bytes from outside, fed to what reads them: any answer but an exception that its caller does not expect."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp

import httpx

from reconcile.errors import ApiError, ProblemsFound
from reconcile.execution.journal import remembered
from reconcile.live.observe import observe
from reconcile.live.pages import Line
from reconcile.model import Request, Response
from reconcile.planfile.read import read_document
from reconcile.planning.build import plan
from reconcile.reports.formats import FORMATS, render
from reconcile.session.prepare import ready
from reconcile.transport import Redactor
from reconcile.transport.body import Answer
from reconcile.transport.response import Fault, judge

from .drawing import drawn
from .process import prepared, project
from .worlds import World

CORPUS = Path(__file__).parent / "corpus"
SYSTEMS = ("flexdeploy", "katalon", "foundry", "brpm")
_WORDS = b'null -1 1e999 NaN " [ { } ] : - \xff \\ud800 &a *a !!x | > ? %'.split()


@cache
def _place() -> Path:
    folder = Path(mkdtemp(prefix="reconcile-fuzz-"))
    project(folder, drawn(5, faulty=False))
    return folder


def manifests(data: bytes) -> None:
    """A manifest: a resource, or problems with their places."""
    folder = _place()
    for path in (folder / "manifests").iterdir():
        path.unlink()
    (folder / "manifests" / "any.yaml").write_bytes(data)
    with contextlib.suppress(ProblemsFound):
        prepared(folder)


def plans(data: bytes) -> None:
    """A saved plan: a ValueError, or something that every format can render."""
    try:
        whole = read_document(data, "plan.json")
    except ValueError:
        return
    for name in FORMATS:
        render(name, whole)


def journals(data: bytes) -> None:
    """A journal: whatever can be believed of it."""
    past = remembered(data)
    assert all(isinstance(at, int | float) for at in past.in_doubt.values())


@cache
def _wanted(system: str) -> World:
    seed = next(
        n for n in range(1, 500) if system in {it["apiVersion"].split("/")[0] for it in drawn(n).manifests}
    )
    return World(Path(mkdtemp(prefix="reconcile-fuzz-")), drawn(seed, faulty=False))


def answers(system: str) -> Callable[[bytes], None]:
    """What a system answers to every request: a plan, or problems."""

    def fed(data: bytes) -> None:
        wanted = [
            it for it in ready(_wanted(system).project.session).wanted if it.resource.address.system == system
        ]
        answer = Answer(200, httpx.Headers({"date": "Tue, 01 Dec 2026 09:00:00 GMT"}), data)
        asked: list[Request] = []

        def send(request: Request) -> Response:
            asked.append(request)
            if len(asked) > 50:
                raise ApiError("asked for ever", status=500)
            try:
                return judge(request, answer, Redactor())
            except Fault as fault:
                raise fault.plain() from None

        plan(wanted, lambda address: True, observe(wanted, Line(send), 1))

    return fed


TARGETS: dict[str, Callable[[bytes], None]] = {
    "manifests": manifests,
    "plans": plans,
    "journals": journals,
    **{f"answers-{system}": answers(system) for system in SYSTEMS},
}


def corpus(target: str) -> list[bytes]:
    """The committed inputs of a target."""
    return [path.read_bytes() for path in sorted((CORPUS / target).iterdir())]


def mutated(rng: Random, inputs: Sequence[bytes]) -> bytes:
    """One of the inputs, changed in a few places."""
    data = bytearray(rng.choice(inputs))
    for _ in range(rng.choice((1, 1, 2, 4, 8))):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(6):
            case 0:
                data[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                data[at:at] = rng.choice(_WORDS)
            case 2:
                del data[at : at + rng.choice((1, 4, 40))]
            case 3:
                data[at:at] = data[at : at + rng.choice((4, 40, 400))]
            case 4:
                other = rng.choice(inputs)
                data[at:] = other[rng.randrange(len(other) + 1) :]
            case _:
                data = _swapped(rng, data)
    return bytes(data[:100_000])


def _swapped(rng: Random, data: bytearray) -> bytearray:
    """JSON with one value in the place of another, where it is JSON."""
    try:
        whole = json.loads(bytes(data))
    except ValueError:
        return data
    places: list[tuple[dict[str, object] | list[object], object]] = []
    open_ = [whole]
    while open_:
        here = open_.pop()
        pairs = (
            list(here.items())
            if isinstance(here, dict)
            else list(enumerate(here))
            if isinstance(here, list)
            else []
        )
        places += [(here, key) for key, _ in pairs]
        open_ += [value for _, value in pairs]
    if places:
        holder, key = rng.choice(places)
        if isinstance(holder, dict) and rng.random() < 0.4:
            del holder[key]  # type: ignore[arg-type]
            return bytearray(json.dumps(whole).encode())
        holder[key] = rng.choice(
            (None, True, -1, 1e300, "", "x" * 300, [], {}, [[]], {"": None}, "\u202e", 10**25)
        )  # type: ignore[index, call-overload]
    return bytearray(json.dumps(whole).encode())
