"""Takes live values over into the manifests: what is asked for, what may be, and that no plan has it left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from reconcile.accepting.edited_files import edited_files
from reconcile.accepting.taking import At, Difference, Known, NotTaken, Taken, taken
from reconcile.accepting.written_at import Use, Variables, uses
from reconcile.errors import ProblemsFound, WrongUsage
from reconcile.manifests.drafts import Drafts, drafted
from reconcile.manifests.files import Files, Folder
from reconcile.model import (
    Address,
    Blocked,
    Json,
    Operation,
    Origin,
    Plan,
    Problem,
    Request,
    Resource,
    Response,
    spell,
)
from reconcile.planning.build import Planned
from reconcile.planning.decide import ABSENT
from reconcile.project import FILE, Project
from reconcile.session.atomic_files import replace_all
from reconcile.session.catalogue import CATALOGUE
from reconcile.session.clients import Reads, opened
from reconcile.session.prepare import live_plan, ready
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import Session, begin, outside_of
from reconcile.yaml_source import YamlDocument, read_documents


class Accepted(NamedTuple):
    """Hold what was taken over, what was not, and the files before and after."""

    taken: tuple[Taken, ...]
    refused: tuple[NotTaken, ...]
    passed: tuple[Difference, ...]
    """The conflicts, which nobody asked for."""

    files: Mapping[str, tuple[bytes, bytes]]
    notes: tuple[Problem, ...] = ()
    """What else changes with it, each at its place."""


class Choice(NamedTuple):
    """Say how differences are taken over."""

    at: At | None = None
    dry_run: bool = False


def accept(options: RunOptions, around: Surroundings, choice: Choice) -> Accepted:
    """Write what is live into the manifests, in the bytes of the values alone, and return what that came to.

    Every file is written, or none. Raises ProblemsFound and NotRead where not all that is asked for could be
    read, and WrongUsage where nothing says which differences are meant.
    """
    _check(options)
    kept = Kept()
    session = begin(options._replace(only=None, caches=False), around, source=kept.of)
    found = _accepted(session, kept, choice)
    if found.files and not choice.dry_run:
        replace_all({session.project.root / name: sides for name, sides in found.files.items()})
    return found


def _check(options: RunOptions) -> None:
    based = options.base or options.base_or_none
    if options.only and (not based or options.only != "conflict"):
        raise WrongUsage("accept takes --only conflict, with --base: drift is what it takes over anyway")
    if not based and not options.paths and not options.targets:
        raise WrongUsage(
            "say which differences: --base takes those labelled drift, PATH or --target what they name"
        )


class Kept:
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


def _accepted(session: Session, kept: Kept, choice: Choice) -> Accepted:
    from reconcile.transport import Reader

    prepared = ready(session)
    with opened(Reader, session, prepared.endpoints, prepared.secrets) as client:
        once, hear = OnceRead(client), client.redactor.hear

        def plan(now: Session) -> Planned:
            return live_plan(ready(now), once, hear)

        planned = plan(session)
        asked, passed = _asked(session, planned.plan)
        drafts = _drafts(session, kept)
        known = _known(session, planned, drafts, kept, choice.at)
        decided = [taken(_host(session, item.address), item, known) for item in asked]
        refused = [item for item in decided if isinstance(item, NotTaken)]
        chosen, more = _same_everywhere([item for item in decided if isinstance(item, Taken)], drafts)
        check = Check(session, kept, plan)
        files, accepted, wrong = _checked(chosen, check)
    sides = {name: (kept.files[name], data) for name, data in files.items() if data != kept.files[name]}
    notes = tuple(_notes(session, accepted, drafts))
    return Accepted(tuple(accepted), (*refused, *more, *wrong), passed, sides, notes)


def _asked(session: Session, plan: Plan) -> tuple[list[Difference], tuple[Difference, ...]]:
    """Return the differences that are asked for, and the conflicts that are not."""
    every = [*_differences(plan)]
    if session.base is None:
        return every, ()
    wanted = {"conflict"} if session.options.only == "conflict" else {"drift"}
    asked = [item for item in every if item.label in wanted]
    passed = tuple(item for item in every if item.label == "conflict" and "conflict" not in wanted)
    return asked, passed


def _differences(plan: Plan) -> Iterator[Difference]:
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
                None if change.within else change.name,
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
    name = None if item.within else item.name
    where = item.address, item.path, item.before, item.after, item.origin
    return Difference(*where, item.label, is_entry, name, never)


def _host(session: Session, address: Address) -> Resource:
    found = (r for r in session.loaded.resources if address == r.address or address in r.carries)
    return next(found)


def _drafts(session: Session, kept: Kept) -> Drafts:
    files = [(name, kept.files[name]) for name in session.loaded.files if name in kept.files]
    words = outside_of(session.options, session.around).words(session.project)
    return drafted(files, session.project, CATALOGUE, words)


def _known(session: Session, planned: Planned, drafts: Drafts, kept: Kept, at: At | None) -> Known:
    (document,), _ = read_documents(kept.files[FILE], FILE)
    variables = Variables(document, session.project.environment, frozenset(session.options.variables))

    def address_of(system: str, kind: str, id_: Json) -> Address | None:
        found = [
            address
            for address, live in planned.facts.ids.items()
            if (address.system, address.kind) == (system, kind) and str(live) == str(id_)
        ]
        return found[0] if len(found) == 1 else None

    def shared(name: str) -> str:
        return ", ".join(_users(name, drafts, session.project)) or "nothing else"

    made = {each.resource.address: each for each in drafts.whole}
    return Known(made, variables, at, address_of, shared)


def _users(name: str, drafts: Drafts, project: Project) -> Iterator[str]:
    """Yield the resources that use a variable, each with its environments."""
    known = {id(each.declared.document): str(each.declared.address) for each in drafts.whole}
    for document in drafts.documents:
        if any(uses(document, name)):
            called = known.get(id(document)) or f"{document.value.get('kind')} in {document.locate(())}"
            where = ", ".join(_environments(document, project))
            yield f"{called} ({where})" if where else called


def _environments(document: YamlDocument, project: Project) -> Sequence[str]:
    found: Sequence[str] = document.value["metadata"].get("environments") or project.environments
    return found


def _same_everywhere(chosen: Sequence[Taken], drafts: Drafts) -> tuple[list[Taken], list[NotTaken]]:
    """Return what changes no variable that another use of it here needs as it is, and what would."""
    by_use = {(name, use): each for each in chosen for name, use in each.variables}
    kept: list[Taken] = []
    refused: list[NotTaken] = []
    for each in chosen:
        others = [place for name, _ in each.variables for place in _other_uses(name, each, by_use, drafts)]
        if others:
            words = f"its variable is used at {others[0]} too, and live says otherwise there"
            refused.append(NotTaken(each.difference, words))
        else:
            kept.append(each)
    return kept, refused


def _other_uses(
    name: str, each: Taken, by_use: Mapping[tuple[str, Use], Taken], drafts: Drafts
) -> Iterator[Origin]:
    """Yield the places in this environment at which a variable stands, and live says otherwise."""
    for made in drafts.whole:
        document = made.declared.document
        for use in uses(document, name):
            other = by_use.get((name, use))
            if other is None or other.edits != each.edits:
                yield document.locate(use.steps)


class Check(NamedTuple):
    """Hold what it takes to plan with other manifests than those in the folder."""

    session: Session
    kept: Kept
    plan: Callable[[Session], Planned]

    def left(self, changed: Mapping[str, bytes]) -> set[tuple[Address, str]]:
        """Return the differences of a plan with the changed files; ProblemsFound where there is none."""
        over = {**self.kept.files, **changed}
        around = self.session.around._replace(on_event=lambda event: None)
        now = begin(self.session.options, around, source=lambda root: Overlaid(Folder(root), over))
        return {(item.address, spell(item.path)) for item in _differences(self.plan(now).plan)}


def _checked(taken: Sequence[Taken], check: Check) -> tuple[dict[str, bytes], list[Taken], list[NotTaken]]:
    """Return the changed files, what they take over, what a plan with them refuses or shows."""
    files, left, refused = edited_files(check.kept.files, taken)
    if not left:
        return {}, [], refused
    wrong = _wrong(files, left, check)
    if not wrong:
        return files, left, refused
    at_fault = {item.difference for item in wrong}
    files, left, more = _checked([each for each in left if each.difference not in at_fault], check)
    return files, left, [*refused, *wrong, *more]


def _wrong(files: Mapping[str, bytes], taken: Sequence[Taken], check: Check) -> list[NotTaken]:
    try:
        left = check.left(files)
    except ProblemsFound as error:
        return _at_fault(taken, check, error)
    words = "the manifests would not say what is live: write it by hand"
    return [
        NotTaken(each.difference, words)
        for each in taken
        if (each.difference.address, spell(each.difference.path)) in left
    ]


def _at_fault(taken: Sequence[Taken], check: Check, error: ProblemsFound) -> list[NotTaken]:
    """Return the differences of each object that validate refuses by itself; of all, where only together."""
    objects: dict[Address, list[Taken]] = {}
    for each in taken:
        objects.setdefault(each.difference.address, []).append(each)
    if len(objects) > 1:
        alone = [item for group in objects.values() for item in _wrong_alone(group, check)]
        if alone:
            return alone
    words = "; ".join(problem.message for problem in error.problems[:2])
    return [NotTaken(each.difference, f"validate refuses it: {words}") for each in taken]


def _wrong_alone(group: Sequence[Taken], check: Check) -> list[NotTaken]:
    files, left, _ = edited_files(check.kept.files, group)
    return _wrong(files, left, check)


def _notes(session: Session, taken: Sequence[Taken], drafts: Drafts) -> Iterator[Problem]:
    """Yield what else the new values hold for: other environments, and other uses of a variable."""
    here, names = session.project.environment, set[str]()
    made = {each.resource.address: each for each in drafts.whole}
    for each in taken:
        names |= {name for name, _ in each.variables}
    for name in sorted(names):
        users = ", ".join(_users(name, drafts, session.project))
        yield Problem("shared", f"the variable {name} is used by {users}", Origin(FILE), "warning")
    for address in dict.fromkeys(each.difference.address for each in taken if not each.variables):
        of = made.get(address)
        others = [e for e in _environments(of.declared.document, session.project) if e != here] if of else []
        if others and of is not None:
            words = f"{address} is also of {', '.join(others)}: its new values hold there too"
            yield Problem("shared", words, of.resource.origin, "warning")
