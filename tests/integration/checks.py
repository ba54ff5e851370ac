"""What a scenario expects, each as a check that raises AssertionError where it is not so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from reconcile.sandbox import Sandbox

from .fitting import misfits, planned_as
from .stage import Sent, Stage
from .tool import Ran


def both(stage: Stage) -> Iterator[tuple[str, Sandbox]]:
    yield stage.sandbox.url, stage.sandbox
    yield stage.other.url, stage.other


def by_hand(sandbox: Sandbox, changes: Mapping[int, Mapping[str, Any]]) -> None:
    with sandbox.editing() as state:
        for release in state["flexdeploy"]["releases"]:
            release.update(changes.get(release["releaseId"], {}))


def only_planned(document: Mapping[str, Any], writes: Iterable[Sent]) -> None:
    planned = [request for operation in document["operations"] for request in operation["requests"]]
    for sent in writes:
        if not any(
            (request["method"], request["path"]) == (sent.method, sent.path)
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
    """Releases that nothing was sent to are as they were."""
    written = {sent.path.rpartition("/")[2] for sent in writes}
    for url, sandbox in after.items():
        now = {release["releaseId"]: release for release in sandbox.state["flexdeploy"]["releases"]}
        for release in before[url]["flexdeploy"]["releases"]:
            if str(release["releaseId"]) not in written:
                equal(
                    f"release {release['releaseId']}, which nobody wrote to",
                    release,
                    now.get(release["releaseId"]),
                )
    equal("the systems of the document are those of the project", True, bool(document["systems"]))


def requests(expected: list[Any] | None, writes: list[Sent]) -> None:
    if expected is None:
        return
    equal("the writes", [line(request) for request in expected], [sent.line for sent in writes])
    for request, sent in zip(expected, writes, strict=True):
        if isinstance(request, str):
            continue
        if "body" in request:
            equal(f"the body of {sent.line}", request["body"], sent.body)
        fits(f"the body of {sent.line}", request.get("with") or {}, sent.body)
        for name in request.get("without") or []:
            if name in sent.body:
                raise AssertionError(f"{sent.line} holds {name}: {sent.body}")


def line(request: Any) -> str:
    return str(request) if isinstance(request, str) else str(request["send"])


def outcomes(expected: Mapping[str, Any] | None, record: Mapping[str, Any]) -> None:
    if expected is not None:
        found = {outcome["address"]: outcome for outcome in record["outcomes"]}
        fits("the outcomes", {name: outcome(value) for name, value in expected.items()}, found)
        equal("the addresses of the outcomes", sorted(expected), sorted(found))


def outcome(value: Any) -> Any:
    return {"status": value} if isinstance(value, str) else value


def after(expected: Mapping[Any, Any] | None, sandbox: Sandbox) -> None:
    found = {release["releaseId"]: release for release in sandbox.state["flexdeploy"]["releases"]}
    for number, release in (expected or {}).items():
        if release is None:
            equal(f"release {number}", None, found.get(number))
        else:
            fits(f"release {number}", release, found.get(number))


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
