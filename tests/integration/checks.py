"""What a scenario expects, each as a check that raises AssertionError where it is not so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from reconcile_sandbox import Sandbox

from .fitting import misfits, planned_as
from .stage import Sent, Stage
from .tool import Ran

OBJECTS = {
    "flexdeploy.releases": "releaseId",
    "katalon.runConfigurations": "id",
    "brpm.runs": "id",
    "foundry.schedules": "rid",
}


def both(stage: Stage) -> Iterator[tuple[str, Sandbox]]:
    yield stage.sandbox.url, stage.sandbox
    yield stage.other.url, stage.other


def by_hand(sandbox: Sandbox, changes: Mapping[Any, Mapping[str, Any]]) -> None:
    """Changes live objects as somebody else would: releases by id, others as `system.collection.id`."""
    with sandbox.editing() as state:
        for place, change in changes.items():
            for row in rows(state, place):
                row.update(change)


def rows(state: Mapping[str, Any], place: Any) -> list[Any]:
    """What stands at a place: a release's number, `system.collection`, or `system.collection.id`."""
    if isinstance(place, int):
        return [row for row in state["flexdeploy"]["releases"] if row["releaseId"] == place]
    system, collection, *which = place.split(".", 2)
    found: list[Any] = state[system][collection]
    return [row for row in found if str(row.get("rid", row.get("id"))) in which] if which else found


def only_planned(document: Mapping[str, Any], writes: Iterable[Sent]) -> None:
    planned = [request for operation in document["operations"] for request in operation["requests"]]
    for sent in writes:
        if not any(
            request["method"] == sent.method
            and re.fullmatch(re.sub(r"\\{.*?\\}", "[^/]+", re.escape(request["path"])), sent.path)
            and planned_as(request["body"], sent.body)
            for request in planned
        ):
            raise AssertionError(f"{sent.line} {sent.body} is none of the plan's requests")


def untouched(
    before: Mapping[str, Any],
    after: Mapping[str, Sandbox],
    document: Mapping[str, Any],
    writes: Iterable[Sent],
) -> None:
    """Objects that nothing was sent to are as they were."""
    written = {segment for sent in writes for segment in sent.path.split("/")}
    for url, sandbox in after.items():
        now = dict(_objects(sandbox.state))
        for (place, number), row in _objects(before[url]):
            if number not in written:
                equal(f"{place} {number}, which nobody wrote to", row, now.get((place, number)))
    equal("the systems of the document are those of the project", True, bool(document["systems"]))


def _objects(state: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Any]]:
    """Every object that a request names by its id, with that id."""
    for place, key in OBJECTS.items():
        system, collection = place.split(".")
        yield from (((place, str(row[key])), row) for row in state[system][collection])


def requests(expected: list[Any] | None, writes: list[Sent]) -> None:
    if expected is None:
        return
    equal("the writes", [line(request) for request in expected], [sent.line for sent in writes])
    for request, sent in zip(expected, writes, strict=True):
        if isinstance(request, str):
            continue
        if "body" in request:
            equal(f"the body of {sent.line}", request["body"], sent.body)
        if "with" in request:
            fits(f"the body of {sent.line}", request["with"], sent.body)
        for name in request.get("without") or []:
            if name in sent.body:
                raise AssertionError(f"{sent.line} holds {name}: {sent.body}")


def line(request: Any) -> str:
    return str(request) if isinstance(request, str) else str(request["send"])


def outcomes(expected: Mapping[str, Any] | None, record: Mapping[str, Any]) -> None:
    """Each address with its outcome, or with all of them: a status, or a part of the record's entry."""
    if expected is None:
        return
    found: dict[str, list[Any]] = {}
    for entry in record["outcomes"]:
        found.setdefault(entry["address"], []).append(entry)
    wanted = {name: value if isinstance(value, list) else [value] for name, value in expected.items()}
    fits("the outcomes", {name: [*map(outcome, entries)] for name, entries in wanted.items()}, found)
    equal("the addresses of the outcomes", sorted(expected), sorted(found))


def outcome(value: Any) -> Any:
    """What a scenario says of one outcome, as a part of the record's entry."""
    return {"status": value} if isinstance(value, str) else value


def after(expected: Mapping[Any, Any] | None, sandbox: Sandbox) -> None:
    state = sandbox.state
    for place, wanted in (expected or {}).items():
        found = rows(state, place)
        if isinstance(wanted, list):
            fits(f"all of {place}", wanted, found)
        elif wanted is None:
            equal(f"what is at {place}", [], found)
        else:
            fits(f"what is at {place}", [wanted], found)


def never(texts: Iterable[str], writes: Iterable[Sent]) -> None:
    for sent in writes:
        for text in texts:
            if text in f"{sent.line} {yaml.safe_dump(sent.body)}":
                raise AssertionError(f"{text!r} was sent: {sent.line} {sent.body}")


def no_secret(stage: Stage, canaries: Iterable[str]) -> None:
    """No canary in anything that was printed, or written anywhere but into the project's own files."""
    kept = [(str(path), path.read_text()) for path in stage.files()]
    for canary in canaries:
        for where, text in (
            *((f"`{' '.join(ran.arguments)}`", ran.out + ran.err) for ran in stage.printed),
            *kept,
        ):
            if canary in text:
                raise AssertionError(f"{where} shows a secret, {canary}")


def lacks(texts: Iterable[str], ran: Ran) -> None:
    for text in texts:
        if text in ran.out + ran.err:
            raise AssertionError(f"{text!r} was printed")


def says(what: str, expected: Iterable[str], found: str) -> None:
    plain = " ".join(found.split())
    for text in expected:
        if not (
            re.search(text[1:-1], plain) if text[0] == text[-1] == "/" else " ".join(text.split()) in plain
        ):
            raise AssertionError(f"{what} does not say {text!r}")


def fits(what: str, expected: Any, found: Any) -> None:
    wrong = list(misfits(expected, found, what))
    if wrong:
        raise AssertionError("\n".join(wrong))


def equal(what: str, expected: Any, found: Any) -> None:
    if expected != found:
        raise AssertionError(f"{what}: expected {expected!r}, found {found!r}")


def known(given: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    unknown = set(given) - set(known)
    if unknown:
        raise AssertionError(f"{where} has unknown keys: {', '.join(sorted(unknown))}")
