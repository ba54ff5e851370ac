"""Takes live values over into the manifests: what is asked for, what may be, and that no plan has it left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from reconcile.accepting.taking import (
    At,
    Difference,
    Grounds,
    Leave,
    Left,
    TakenOver,
    known_by,
    taken,
)
from reconcile.accepting.written_at import Use, WrittenVariables, uses
from reconcile.cleaning import Clean, holds_secret
from reconcile.live.pages import Line
from reconcile.manifests.drafts import Drafts, drafted
from reconcile.model import (
    Address,
    Json,
    Label,
    Origin,
    Problem,
    Resource,
)
from reconcile.named_tuple import NamedTuple
from reconcile.planning.build import Planned
from reconcile.planning.contents import Plan
from reconcile.project import FILE, Project
from reconcile.session.accept_check import Check, FilesAsRead, OnceRead, differences, held_to_plan
from reconcile.session.accept_names import LiveNames
from reconcile.session.accept_usage import check_base, check_leave, check_words
from reconcile.session.atomic_files import replace_all
from reconcile.session.catalogue import CATALOGUE
from reconcile.session.clients import opened
from reconcile.session.loading import outside_of
from reconcile.session.prepare import live_plan, ready
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import Session, begin
from reconcile.yaml_source import YamlDocument, read_documents


class Accepted(NamedTuple):
    """Hold what was taken over, what was not, and the files before and after."""

    taken: tuple[TakenOver, ...]
    refused: tuple[Left, ...]
    passed: tuple[Difference, ...]
    """The conflicts, which nobody asked for."""

    files: Mapping[str, tuple[bytes, bytes]]
    notes: tuple[Problem, ...] = ()
    """What else changes with it, each at its place."""


class Acceptance(NamedTuple):
    """Say how differences are taken over."""

    at: At | None = None
    leave: Leave | None = None
    """Until when and why the differences are known, in place of taking them over."""

    dry_run: bool = False


def accept(options: RunOptions, around: Surroundings, choice: Acceptance) -> Accepted:
    """Write what is live into the manifests, in the bytes of the values alone, and return what that came to.

    Every file is written, or none. Raises ProblemsFound and NotRead where not all that is asked for could be
    read, and WrongUsage where nothing says which differences are meant.
    """
    check_words(options)
    if choice.leave is not None:
        check_leave(choice.leave, choice.at, around.begun)
    kept = FilesAsRead()
    session = begin(options._replace(only=None, caches=False), around, source=kept.of)
    check_base(session, options)
    found = _accepted(session, kept, choice, options.only)
    if found.files and not choice.dry_run:
        replace_all({session.project.root / name: sides for name, sides in found.files.items()})
    return found


def _accepted(session: Session, kept: FilesAsRead, choice: Acceptance, only: Label | None) -> Accepted:
    from reconcile.transport import Reader

    prepared = ready(session)
    with opened(Reader, session, prepared.endpoints, prepared.secrets) as client:
        once, hear = OnceRead(client), client.redactor.hear

        def plan(now: Session) -> Planned:
            return live_plan(ready(now), once, hear)

        planned = plan(session)
        asked, passed = _asked(session, planned.plan, only)
        drafts = _drafts(session, kept)
        names = LiveNames(planned, [*differences(planned.plan)], Line(once.read, hear), client.redact)
        known = _known(session, planned, drafts, kept, choice.at)._replace(name_of=names.of)
        decided = [_clean(_decided(session, item, known, choice.leave), client.redact) for item in asked]
        refused = [item for item in decided if isinstance(item, Left)]
        chosen, more = _same_everywhere([item for item in decided if isinstance(item, TakenOver)], drafts)
        check = Check(session, kept, plan)
        files, accepted, wrong = held_to_plan(chosen, check)
    sides = {name: (kept.files[name], data) for name, data in files.items() if data != kept.files[name]}
    notes = tuple(_notes(session, accepted, drafts, known.variables))
    return Accepted(tuple(accepted), (*refused, *more, *wrong), passed, sides, notes)


def _decided(session: Session, item: Difference, known: Grounds, leave: Leave | None) -> TakenOver | Left:
    host = _host(session, item.address)
    return taken(host, item, known) if leave is None else known_by(host, item, known, leave)


def _clean(decided: TakenOver | Left, clean: Clean) -> TakenOver | Left:
    """Return what was decided, or that it is left where an edit would write a secret into a file."""
    if isinstance(decided, Left) or not any(holds_secret(edit.edit.value, clean) for edit in decided.edits):
        return decided
    return Left(decided.difference, "live holds the text of a secret, and nothing secret is written")


def _asked(
    session: Session, plan: Plan, only: Label | None
) -> tuple[list[Difference], tuple[Difference, ...]]:
    """Return the differences that are asked for, and the conflicts that are not."""
    every = [*differences(plan)]
    if session.base is None:
        return every, ()
    asked = [item for item in every if item.label == (only or "drift")]
    conflicts = () if only else tuple(item for item in every if item.label == "conflict")
    return asked, conflicts


def _host(session: Session, address: Address) -> Resource:
    found = (r for r in session.loaded.resources if address == r.address or address in r.carries)
    return next(found)


def _drafts(session: Session, kept: FilesAsRead) -> Drafts:
    files = [(name, kept.files[name]) for name in session.loaded.files if name in kept.files]
    words = outside_of(session.options, session.around).words(session.project)
    return drafted(files, session.project, CATALOGUE, words)


def _known(session: Session, planned: Planned, drafts: Drafts, kept: FilesAsRead, at: At | None) -> Grounds:
    (document,), _ = read_documents(kept.files[FILE], FILE)
    variables = WrittenVariables(document, session.project.environment, frozenset(session.options.variables))

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
    return Grounds(made, variables, at, address_of, shared)


def _users(
    name: str, drafts: Drafts, project: Project, of: Callable[[str], bool] = lambda environment: True
) -> Iterator[str]:
    """Yield the resources that use a variable, each with those of its environments that are meant."""
    known = {id(each.declared.document): str(each.declared.address) for each in drafts.whole}
    for document in drafts.documents:
        if any(uses(document, name)):
            called = known.get(id(document)) or f"{document.value.get('kind')} in {document.locate(())}"
            every = _environments(document, project)
            where = ", ".join(filter(of, every))
            if every and not where:
                continue
            yield f"{called} ({where})" if where else called


def _environments(document: YamlDocument, project: Project) -> Sequence[str]:
    found: Sequence[str] = document.value["metadata"].get("environments") or project.environments
    return found


def _same_everywhere(chosen: Sequence[TakenOver], drafts: Drafts) -> tuple[list[TakenOver], list[Left]]:
    """Return what changes no variable that another use of it here needs as it is, and what would."""
    by_use = {(name, use): each for each in chosen for name, use in each.variables}
    kept: list[TakenOver] = []
    refused: list[Left] = []
    for each in chosen:
        others = [place for name, _ in each.variables for place in _other_uses(name, each, by_use, drafts)]
        if others:
            words = f"its variable is used at {others[0]} too, and live says otherwise there"
            refused.append(Left(each.difference, words))
        else:
            kept.append(each)
    return kept, refused


def _other_uses(
    name: str, each: TakenOver, by_use: Mapping[tuple[str, Use], TakenOver], drafts: Drafts
) -> Iterator[Origin]:
    """Yield the places in this environment at which a variable stands, and live says otherwise."""
    for made in drafts.whole:
        document = made.declared.document
        for use in uses(document, name):
            other = by_use.get((name, use))
            if other is None or other.edits != each.edits:
                yield document.locate(use.steps)


def _notes(
    session: Session, taken: Sequence[TakenOver], drafts: Drafts, variables: WrittenVariables
) -> Iterator[Problem]:
    """Yield what else the new values hold for: other environments, and other uses of a variable."""
    here, names = session.project.environment, set[str]()
    made = {each.resource.address: each for each in drafts.whole}
    for each in taken:
        names |= {name for name, _ in each.variables}
    for name in sorted(names):
        users = ", ".join(_users(name, drafts, session.project, partial(variables.holds_in, name)))
        at = variables.document.locate(variables.steps(name) or (), value=True)
        yield Problem("shared", f"the variable {name} changes, for {users}", at, "warning")
    for address in dict.fromkeys(each.difference.address for each in taken if not each.variables):
        of = made.get(address)
        others = [e for e in _environments(of.declared.document, session.project) if e != here] if of else []
        if others and of is not None:
            words = f"{address} is also of {', '.join(others)}: its new values hold there too"
            yield Problem("shared", words, of.resource.origin, "warning")
