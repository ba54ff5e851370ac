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
    record, previous = (
        _given(session, named) if isinstance(named, Document) else _found(session, named, started)
    )
    return _taking_back(session._replace(options=options), record, previous)


def _given(session: Session, record: Document) -> tuple[Document, Document | None]:
    if record.outcomes is None:
        raise ProblemsFound(
            (Problem("no-record", "a plan is no record of an apply: give what apply returned"),)
        )
    root, environment = session.project.root, session.project.environment
    return record, _before(record, [kept_record(root, each.name) for each in records_of(root, environment)])


def _found(session: Session, named: str | None, started: Path) -> tuple[Document, Document | None]:
    root, environment = session.project.root, session.project.environment
    names = [each.name for each in records_of(root, environment)]
    file = _in_folder(root, named, names, started)
    if file is None and named is not None:
        record = record_in(started / named)
        return record, _before(record, [kept_record(root, name) for name in names])
    if file is None:
        place = f"environment `{environment}` has" if environment else "this project has"
        words = f"{place} no record in {RECORDS}: name the file that apply --out kept, or what CI keeps of it"
        raise ProblemsFound((Problem("no-record", words),))
    _must_be_believed(session)
    earlier = names[: names.index(file)] if file in names else []
    return kept_record(root, file), kept_record(root, earlier[-1]) if earlier else None


def _in_folder(root: Path, named: str | None, names: Sequence[str], started: Path) -> str | None:
    """Return the name in the folder of records that is meant; None where it is a file elsewhere, or none."""
    if named is None:
        return names[-1] if names else None
    for name in (named, f"{named}.json"):
        if os.path.lexists(root / RECORDS / name) and os.sep not in name:
            return name
    folder = (started / named).parent
    inside = os.path.realpath(folder) == os.path.realpath(root / RECORDS)
    return Path(named).name if inside else None


def _before(record: Document, kept: Sequence[Document]) -> Document | None:
    earlier = [each for each in kept if each.created_at < record.created_at]
    return earlier[-1] if earlier else None


def _must_be_believed(session: Session) -> None:
    """Raise ProblemsFound where a commit or somebody else could have written the project's records."""
    memory, where = session.memory(), session.where()
    if memory.kind == "ours" or (isinstance(where, NoCheckout) and where.kind == "none"):
        return
    if memory.kind == "unknown" and not _stands_in_a_checkout(session.project.root):
        return
    raise ProblemsFound((Problem("no-record", f"{RECORDS} is not believed: {memory.words}"),))


def _stands_in_a_checkout(root: Path) -> bool:
    real = Path(os.path.realpath(root))
    return any(os.path.lexists(folder / ".git") for folder in (real, *real.parents))


def _taking_back(session: Session, record: Document, previous: Document | None) -> Session:
    written = tuple(operation for operation in record.operations if is_in_record(operation))
    if reasons := [Problem(UNFIT, words) for words in _unfit(session, record, written)]:
        raise Refused(tuple(reasons), Work(session, UNREAD).refusal(reasons))
    asked = _asked(written, session.options.targets)
    declared = {resource.address: resource for resource in session.loaded.resources}
    found = (looked_at(operation, declared) for operation in asked)
    loaded = session.loaded._replace(resources=tuple(each for each in found if each is not None))
    return session._replace(
        loaded=loaded,
        selected=frozenset(resource.address for resource in loaded.resources),
        partial=bool(session.options.targets),
        undoes=Undoing(record._replace(operations=asked), previous),
    )


def _unfit(session: Session, record: Document, written: Sequence[DocumentOperation]) -> Iterator[str]:
    """Yield why a record is not one of what this run works on."""
    systems = session.project.systems
    here = {name: {"type": each.system.type, "url": each.url} for name, each in systems.items()}
    for words in unfit(record, run_info(session)._replace(systems=here)):
        yield words.replace("the plan is for", "the record is of").replace("was planned at", "was written at")
    for name in sorted({operation.address.partition("/")[0] for operation in written} - {*systems}):
        yield f"system `{name}` of the record is none of this project"
    for operation in written:
        config, kept = systems.get(operation.address.partition("/")[0]), operation.kept
        if config and kept and config.system.kind(kept.kind) is None:
            yield f"{operation.address} is of a kind that this version does not know"


def _asked(written: tuple[DocumentOperation, ...], targets: Sequence[str]) -> tuple[DocumentOperation, ...]:
    """Return the operations that --target leaves; ProblemsFound names each glob that matches nothing."""
    known = [operation.address for operation in written]
    wrong = [glob for glob in targets if not any(fnmatchcase(name, glob) for name in known)]
    if wrong:
        words = (f"nothing in the record is `{glob}`{suggestion(glob, known)}" for glob in wrong)
        raise ProblemsFound(tuple(Problem("no-such-target", each) for each in words))
    return tuple(o for o in written if not targets or any(fnmatchcase(o.address, glob) for glob in targets))
