"""Checks edited manifests before they are written: a plan with them has none of what they take over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from reconcile.accepting.edited_files import edited_files
from reconcile.accepting.taking import Difference, Left, TakenOver
from reconcile.errors import ProblemsFound
from reconcile.manifests.files import Files, Folder
from reconcile.model import Address, Origin, Problem, Request, Response, spell
from reconcile.named_tuple import NamedTuple
from reconcile.planning.build import Planned
from reconcile.planning.contents import Blocked, Operation, Plan
from reconcile.planning.decide import ABSENT
from reconcile.session.clients import Reads
from reconcile.session.session import Session, begin


class FilesAsRead:
    """Read files, and keep the bytes of each that was read."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def of(self, root: Path) -> Files:
        """Return the files of a folder, as they are kept once they were read."""
        return Overlaid(Folder(root), self.files, keeps=True)


class Overlaid(NamedTuple):
    """Read files, some of them with other bytes than they have."""

    files: Files
    over: dict[str, bytes]
    keeps: bool = False

    def found(self, listed: tuple[tuple[str, Origin], ...]) -> tuple[list[str], list[Problem]]:
        """Return what the files find."""
        return self.files.found(listed)

    def read(self, name: str) -> bytes | Problem:
        """Return the bytes of a file, those laid over it where there are some."""
        if name in self.over:
            return self.over[name]
        data = self.files.read(name)
        if self.keeps and isinstance(data, bytes):
            self.over[name] = data
        return data


class OnceRead:
    """Read for a run and for its check: each answer is asked for once."""

    def __init__(self, client: Reads) -> None:
        self._client = client
        self._answers: dict[str, Response] = {}

    def read(self, request: Request) -> Response:
        """Return the answer to a read, the first that there was."""
        key = repr(request._replace(context=None, uncached=False))
        if key not in self._answers:
            self._answers[key] = self._client.read(request)
        return self._answers[key]


def differences(plan: Plan) -> Iterator[Difference]:
    """Yield each difference of a plan, with why nothing of it may be taken over where that is so."""
    for operation in plan.operations:
        never = _never(operation)
        for change in operation.changes:
            yield Difference(
                operation.address,
                change.path,
                change.before,
                change.after,
                change.origin,
                change.label,
                change.entry,
                "it is sensitive, and nothing sensitive is written" if change.sensitive else never,
            )
    yield from map(_of_blocked, plan.blocked)


def _never(operation: Operation) -> str:
    """Return why nothing of an operation can be taken over; empty where it can."""
    return {
        "create": "the object is not there live: take the manifest out, or apply",
        "delete": "a tombstone wants the object gone: take the tombstone out, or apply with --prune",
        "run": "it asks for a run, and there is no live value to take over",
    }.get(operation.action, "")


def _of_blocked(item: Blocked) -> Difference:
    never = "it is no field of the manifest" if item.path in {ABSENT, ()} else ""
    is_entry = isinstance(item.path[-1], tuple) if item.path else False
    where = item.address, item.path, item.before, item.after, item.origin
    return Difference(*where, item.label, is_entry, never)


class Check(NamedTuple):
    """Hold what it takes to plan with other manifests than those in the folder."""

    session: Session
    kept: FilesAsRead
    plan: Callable[[Session], Planned]

    def left(self, changed: Mapping[str, bytes]) -> set[tuple[Address, str]]:
        """Return the differences of a plan with the changed files; ProblemsFound where there is none."""
        over = {**self.kept.files, **changed}
        around = replace(self.session.around, on_event=lambda event: None)
        now = begin(self.session.options, around, source=lambda root: Overlaid(Folder(root), over))
        return {(item.address, spell(item.path)) for item in differences(self.plan(now).plan)}


def held_to_plan(
    taken: Sequence[TakenOver], check: Check
) -> tuple[dict[str, bytes], list[TakenOver], list[Left]]:
    """Return the changed files, what they take over, what a plan with them refuses or shows."""
    files, left, refused = edited_files(check.kept.files, taken)
    if not left:
        return {}, [], refused
    wrong = _wrong(files, left, check)
    if not wrong:
        return files, left, refused
    at_fault = [item.difference for item in wrong]
    files, left, more = held_to_plan([each for each in left if each.difference not in at_fault], check)
    return files, left, [*refused, *wrong, *more]


def _wrong(files: Mapping[str, bytes], taken: Sequence[TakenOver], check: Check) -> list[Left]:
    try:
        left = check.left(files)
    except ProblemsFound as error:
        return _at_fault(taken, check, error)
    words = "the manifests would not say what is live: write it by hand"
    return [
        Left(each.difference, words)
        for each in taken
        if (each.difference.address, spell(each.difference.path)) in left
    ]


def _at_fault(taken: Sequence[TakenOver], check: Check, error: ProblemsFound) -> list[Left]:
    """Return the differences that validate refuses, found by halves: those of the others are none of them."""
    objects: dict[Address, list[TakenOver]] = {}
    for each in taken:
        objects.setdefault(each.difference.address, []).append(each)
    groups = [*objects.values()]
    if len(groups) == 1:
        return _refused(_at_fault_alone(groups[0], check), error)
    halves = groups[: len(groups) // 2], groups[len(groups) // 2 :]
    found = [item for half in halves for item in _wrong_of([each for group in half for each in group], check)]
    return found or _refused(taken, error)


def _at_fault_alone(group: Sequence[TakenOver], check: Check) -> Sequence[TakenOver]:
    """Return the differences of one object without which the others pass; else those that do not pass alone.

    All of them where each passes alone, since validate refuses them only together.
    """
    others = ((each, [one for one in group if one is not each]) for each in group)
    without = [each for each, left in others if _passes(left, check)]
    return without or [each for each in group if not _passes([each], check)] or group


def _passes(taken: Sequence[TakenOver], check: Check) -> bool:
    """Tell whether there is a plan with these differences taken over."""
    try:
        check.left(edited_files(check.kept.files, taken)[0])
    except ProblemsFound:
        return False
    return True


def _wrong_of(taken: Sequence[TakenOver], check: Check) -> list[Left]:
    files, left, _ = edited_files(check.kept.files, taken)
    return _wrong(files, left, check)


def _refused(taken: Sequence[TakenOver], error: ProblemsFound) -> list[Left]:
    words = "; ".join(problem.message for problem in error.problems[:2])
    return [Left(each.difference, f"validate refuses it: {words}") for each in taken]
