"""Finds the record that an undo takes back, and makes the session whose plan does that."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from reconcile.errors import ProblemsFound
from reconcile.git.checkout import NoCheckout
from reconcile.model import Problem
from reconcile.planfile.approval import unfit
from reconcile.planfile.document import Document
from reconcile.planfile.document_parts import DocumentOperation
from reconcile.planfile.record_flaws import record_flaws
from reconcile.planfile.taking_back import is_in_record
from reconcile.planning.guards import UNFIT
from reconcile.session.consent import UNREAD, Work
from reconcile.session.records import RECORDS, kept_record, record_in, records_of
from reconcile.session.refusal import Refused
from reconcile.session.run_info import run_info
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import Session, Undoing, begin
from reconcile.session.take_back import looked_at
from reconcile.suggest import suggestion


def begin_undo(options: RunOptions, around: Surroundings, named: str | Document | None = None) -> Session:
    """Return the session of an undo: its resources are those of the record, its plan takes them back.

    `named` is a record, a file, or a name in the project's folder of records; None is the last of the
    environment.
    Raises ProblemsFound where there is no such record, or none to believe; Refused where it is one of another
    environment or origin.
    """
    session = begin(options._replace(targets=(), paths=(), base=None, base_or_none=None), around)
    started = options.started or session.project.root
    undoing = _given(session, named) if isinstance(named, Document) else _found(session, named, started)
    return _taking_back(session._replace(options=options), undoing)


def _given(session: Session, record: Document) -> Undoing:
    if record.outcomes is None:
        raise _no_record("a plan is no record of an apply: give what apply returned")
    return Undoing(record, _before(session, record))


def _found(session: Session, named: str | None, started: Path) -> Undoing:
    root, environment = session.project.root, session.project.environment
    file = None if named is None else _in_folder(root, named, started)
    if file is None and named is not None:
        record = record_in(started / named)
        return Undoing(record, _before(session, record), named)
    names = [each.name for each in records_of(root, environment)]
    if file is None and not names:
        place = f"environment `{environment}` has" if environment else "this project has"
        words = f"{place} no record in {RECORDS}: name the file that apply --out kept, or what CI keeps of it"
        raise _no_record(words)
    if words := _why_not_believed(session):
        raise _no_record(words)
    file = file or names[-1]
    earlier = names[: names.index(file)] if file in names else []
    return Undoing(kept_record(root, file), _readable(root, earlier[-1]) if earlier else None, file)


def _in_folder(root: Path, named: str, started: Path) -> str | None:
    """Return the name in the folder of records that is meant; None where it is a file elsewhere, or none."""
    if not _is_path(named):
        raise _no_record("what is named is no path of a file: name a record, or the file of one")
    for name in (named, f"{named}.json"):
        if os.path.lexists(root / RECORDS / name) and os.sep not in name:
            return name
    folder = (started / named).parent
    inside = os.path.realpath(folder) == os.path.realpath(root / RECORDS)
    return Path(named).name if inside else None


def _is_path(named: str) -> bool:
    """Tell whether a text may be the path of a file: whatever else stands in it, the system says."""
    try:
        return bool(named) and b"\0" not in os.fsencode(named)
    except UnicodeEncodeError:
        return False


def _before(session: Session, record: Document) -> Document | None:
    """Return the environment's record before one that came from elsewhere; None where that is not known.

    One that cannot be read may be that one, unless a record before it was made later.
    """
    if _why_not_believed(session):
        return None
    unsure = is_next = False
    for name in _names(session):
        found = _readable(session.project.root, name)
        if is_next or (found is not None and found.created_at < record.created_at):
            return None if unsure else found
        unsure = found is None
        is_next = found == record and not unsure and found.created_at == record.created_at
    return None


def _names(session: Session) -> list[str]:
    """Return the names of the environment's records, the newest first; none where they are not believed."""
    try:
        found = records_of(session.project.root, session.project.environment)
    except ProblemsFound:
        return []
    return [each.name for each in reversed(found)]


def _readable(root: Path, name: str) -> Document | None:
    """Return a record beside the one that is meant; None where it cannot be read: it is only told of."""
    try:
        return kept_record(root, name)
    except ProblemsFound:
        return None


def _no_record(words: str) -> ProblemsFound:
    return ProblemsFound((Problem("no-record", words),))


def _why_not_believed(session: Session) -> str:
    """Return why a commit or somebody else could have written the project's records; else the empty text."""
    memory, where = session.memory(), session.where()
    if memory.kind == "ours" or (isinstance(where, NoCheckout) and where.kind == "none"):
        return ""
    if memory.kind == "unknown" and not _stands_in_a_checkout(session.project.root):
        return ""
    return f"{RECORDS} is not believed: {memory.words}"


def _stands_in_a_checkout(root: Path) -> bool:
    real = Path(os.path.realpath(root))
    return any(os.path.lexists(folder / ".git") for folder in (real, *real.parents))


def _taking_back(session: Session, undoing: Undoing) -> Session:
    record, session = undoing.record, session._replace(undoes=undoing)
    written = tuple(operation for operation in record.operations if is_in_record(operation))
    if reasons := [Problem(UNFIT, words) for words in _unfit(session, record, written)]:
        raise Refused(tuple(reasons), Work(session, UNREAD).refusal(reasons))
    systems = {name: each.system for name, each in session.project.systems.items()}
    if flaws := [*record_flaws(written, systems)]:
        told = (f"the record is not as an apply keeps it: {words}" for words in flaws)
        raise ProblemsFound(tuple(Problem("no-record", words) for words in told))
    asked = _asked(written, session.options.targets)
    every = session.loaded.resources
    declared = {address: each for each in every for address in (each.address, *each.carries)}
    found = (looked_at(operation, declared) for operation in asked)
    loaded = session.loaded._replace(resources=tuple(each for each in found if each is not None))
    return session._replace(
        loaded=loaded,
        selected=frozenset(resource.address for resource in loaded.resources),
        partial=bool(session.options.targets),
        undoes=undoing._replace(record=record._replace(operations=asked)),
    )


def _unfit(session: Session, record: Document, written: Sequence[DocumentOperation]) -> Iterator[str]:
    """Yield why a record is not one of what this run works on."""
    systems = session.project.systems
    here = {name: {"type": each.system.type, "url": each.url} for name, each in systems.items()}
    for words in unfit(record, run_info(session)._replace(systems=here)):
        yield words.replace("the plan is for", "the record is of").replace("was planned at", "was written at")
    for name in sorted({operation.address.partition("/")[0] for operation in written} - {*systems}):
        yield f"system `{name}` of the record is none of this project"


def _asked(written: tuple[DocumentOperation, ...], targets: Sequence[str]) -> tuple[DocumentOperation, ...]:
    """Return the operations that --target leaves; ProblemsFound names each glob that matches nothing."""
    known = [name for operation in written for name in _known_as(operation)]
    wrong = [glob for glob in targets if not any(fnmatchcase(name, glob) for name in known)]
    if wrong:
        words = (f"nothing in the record is `{glob}`{suggestion(glob, known)}" for glob in wrong)
        raise ProblemsFound(tuple(Problem("no-such-target", each) for each in words))
    return tuple(each for each in written if not targets or _is_named(each, targets))


def _is_named(operation: DocumentOperation, targets: Sequence[str]) -> bool:
    return any(fnmatchcase(name, glob) for name in _known_as(operation) for glob in targets)


def _known_as(operation: DocumentOperation) -> tuple[str, ...]:
    """Return the addresses under which an operation of a record is known: its own, and those of its parts."""
    return (operation.address, *(operation.kept.carries if operation.kept else ()))
