"""Offers the commands as functions that neither print nor exit; `import reconcile` is this module."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, Unpack

from reconcile.cleaning import Cleaner
from reconcile.errors import NotRead
from reconcile.model import EMPTY, Json, Origin, Problem
from reconcile.planfile.calendar_document import Calendar as CalendarDocument
from reconcile.planfile.document import Document
from reconcile.planfile.json_form import to_json
from reconcile.session.arguments import (
    Choices,
    at_or_none,
    changed_alone,
    chosen,
    flag,
    list_of_texts,
    listener,
    mapping,
    period,
    text_or_none,
)
from reconcile.session.consent import All, Approve, Consent
from reconcile.session.events import Event, PlanMade
from reconcile.session.refusal import BrokenOff, Declined, Refused
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import Session, begin, loaded_offline, open_project

if TYPE_CHECKING:
    from reconcile.accepting.taking import At
    from reconcile.session.accept import Accepted

Listener: TypeAlias = Callable[[Event], None]


class Plan(Document):
    """Hold a plan, or the record of an apply, its parts as attributes named as in the document."""

    __slots__ = ()

    def __str__(self) -> str:
        return render(self)

    def save(self, file: str | os.PathLike[str]) -> None:
        """Write the plan to a file, for `saved`, `apply --plan` and `show`."""
        from reconcile.planfile.json_form import json_text
        from reconcile.session.atomic_files import replace

        replace(Path(file), json_text(to_json(self)))


@dataclass(frozen=True, slots=True)
class LoadedProject:
    """Hold a project whose manifests are in order, in one environment."""

    options: RunOptions
    environ: Mapping[str, str] = field(repr=False)
    """The variables, secrets among them."""

    warnings: tuple[Problem, ...] = ()

    def session(
        self, choices: Choices, on_event: Listener | None = None, *, changed: bool = False
    ) -> Session:
        """Load the manifests anew, for a run that asks systems; what is chosen is checked before."""
        listener(on_event)
        options = chosen(self.options, choices)
        return begin(changed_alone(options) if changed else options, _around(self.environ, on_event))


def _around(environ: Mapping[str, str], on_event: Listener | None = None) -> Surroundings:
    if on_event is None:
        return Surroundings(environ, Cleaner())
    return Surroundings(environ, Cleaner(), lambda event: on_event(_with_plan(event)))


def _with_plan(event: Event) -> Event:
    """Return an event whose document, where it has one, is a plan of the library."""
    return event._replace(plan=Plan(*event.plan)) if isinstance(event, PlanMade) else event


def load(
    folder: str | os.PathLike[str] = ".",
    *,
    environment: str | None = None,
    variables: Mapping[str, Json] = EMPTY,
    environ: Mapping[str, str] | None = None,
) -> LoadedProject:
    """Load a project and check its manifests offline; ProblemsFound has all that is wrong.

    `environ` stands in for the process's environment, out of which credentials and secrets are read. What is
    given is copied, and the folder is where it is now: what becomes of them later changes nothing.
    """
    place = Path(folder).absolute()
    kept = deepcopy(mapping("variables", variables))
    options = RunOptions(place, text_or_none("environment", environment), kept, caches=False)
    surroundings = _around(mapping("environ", os.environ if environ is None else environ))
    session = loaded_offline(options, surroundings)
    return LoadedProject(options, surroundings.environ, session.loaded.problems)


def validate(project: LoadedProject) -> Plan:
    """Return what is in order, with its warnings; ProblemsFound where something is not."""
    from reconcile.session.validate import validate as validated

    return Plan(*validated(project.options, _around(project.environ)))


def plan(
    project: LoadedProject,
    *,
    changed: bool = False,
    on_event: Listener | None = None,
    **choices: Unpack[Choices],
) -> Plan:
    """Return what `apply` would do, read by a client that cannot write.

    With `changed`, only what the manifests changed since `base` is compared, with what needs that; how many
    manifests were left out is its `summary.not_compared`. What could not be read is its `not_read`.
    ProblemsFound where nothing can be planned, NotRead where nothing could be read.
    """
    from reconcile.session.plan import plan_document

    narrow = flag("changed", changed)
    return _read(plan_document(project.session(choices, on_event, changed=narrow)))


def drift(project: LoadedProject, *, on_event: Listener | None = None, **choices: Unpack[Choices]) -> Plan:
    """Return what differs, and how many live objects no manifest manages, by a client that cannot write."""
    from reconcile.session.plan import plan_document

    return _read(plan_document(project.session(choices, on_event), counts_others=True))


def _read(found: Document) -> Plan:
    """Return the plan; NotRead where nothing of it could be read."""
    if found.not_read and not any(
        (found.operations, found.blocked, found.finished, found.unchanged, found.known)
    ):
        places = ((item.reason, item.source and Origin(*item.source[:2])) for item in found.not_read)
        raise NotRead(tuple(Problem("unreadable-live", reason, place or None) for reason, place in places))
    return Plan(*found)


def apply(
    project: LoadedProject,
    *,
    approve: Document | All | Callable[[Plan], bool],
    on_event: Listener | None = None,
    force: bool = False,
    **choices: Unpack[Choices],
) -> Plan:
    """Carry out what is approved, and return the record: its `outcomes`, and whether it is `complete`.

    `approve` is a plan that was made or saved before, a function that is shown the plan and says yes or no,
    or ALL; anything else is a TypeError, and an answer other than True is no. Refused where a guard, a
    freeze, a conflict, the lock or a plan that no longer fits is in the way; Declined where the function said
    no; ProblemsFound and NotRead before anything is written. An interrupt, and what `on_event` raises, is
    raised on once what is under way has ended; where something was begun, its `__cause__` is a BrokenOff.
    """
    from reconcile.session.apply import apply as applied

    shown = _shown(approve)
    Consent(shown, force)  # what can approve nothing is refused before a file is read
    with _records_of_library():
        return Plan(*applied(project.session(choices, on_event), shown, force=force))


def undo(
    project: LoadedProject,
    record: str | os.PathLike[str] | Document | None = None,
    *,
    approve: All | Callable[[Plan], bool],
    on_event: Listener | None = None,
    force: bool = False,
    **choices: Unpack[Choices],
) -> Plan:
    """Take back what the apply of a record did, and return the record of that: its `undo` says what of it.

    The record is what `apply` returned, a file, a name in `.reconcile/records`, or the last one of the
    environment. `approve` is a function that is shown the plan of it, or ALL. Raises what `apply` does;
    ProblemsFound where there is no such record, Refused where it is of another environment or origin.
    """
    from reconcile.session.apply import apply as applied
    from reconcile.session.undo import begin_undo

    listener(on_event)
    if isinstance(approve, Document):
        raise TypeError("approve takes a function that is shown the plan, or ALL")
    shown = _shown(approve)
    Consent(shown, force)
    named = record if isinstance(record, Document | None) else os.fspath(record)
    with _records_of_library():
        session = begin_undo(chosen(project.options, choices), _around(project.environ, on_event), named)
        return Plan(*applied(session, shown, force=force))


@contextmanager
def _records_of_library() -> Iterator[None]:
    """Give what ends an apply before its time a record that is a plan of the library."""
    try:
        yield
    except BaseException as error:
        for ended in (error, error.__cause__):
            if isinstance(ended, BrokenOff | Declined | Refused):
                ended.record = Plan(*ended.record)
        raise


def _shown(approve: Document | All | Callable[[Plan], bool]) -> Approve:
    """Return who approves; a function is shown a plan of the library."""
    return (lambda document: approve(Plan(*document))) if callable(approve) else approve


def accept(
    project: LoadedProject,
    *,
    at: At | None = None,
    known: tuple[str, str] | None = None,
    dry_run: bool = False,
    on_event: Listener | None = None,
    **choices: Unpack[Choices],
) -> Accepted:
    """Write what is live into the manifests; return what was `taken`, what was `refused`, and the `files`.

    With `base`, what drifted (`only="conflict"`: what is a conflict), else what `paths` or `targets` name.
    `known` is a day and a reason: the differences are written down as known. ProblemsFound and NotRead where
    not all that is asked for could be read; nothing is written then.
    """
    from reconcile.accepting.taking import Leave
    from reconcile.session.accept import Acceptance
    from reconcile.session.accept import accept as accepted

    listener(on_event)
    choice = Acceptance(at_or_none(at), None if known is None else Leave(*known), dry_run)
    return accepted(chosen(project.options, choices), _around(project.environ, on_event), choice)


def export(project: LoadedProject, what: Iterable[str] = (), *, on_event: Listener | None = None) -> str:
    """Return live objects as manifests: all of them, or those that SYSTEM[/KIND[/NAME]] name."""
    from reconcile.reports.exported_yaml import render as written
    from reconcile.session.live_export import export as exported
    from reconcile.session.live_export import shares_a_type

    listener(on_event)
    session = open_project(project.options, _around(project.environ, on_event))
    return written(exported(session, list_of_texts("what", what)), named_system=shares_a_type(session))


class Calendar(CalendarDocument):
    """Hold what takes place ; its `entries` in order of start, many firings of a day as one."""

    __slots__ = ()

    def __str__(self) -> str:
        return render(self)


def calendar(
    project: LoadedProject,
    *,
    from_: str | date | None = None,
    days: int | None = None,
    next: int | None = None,
    paths: Iterable[str | os.PathLike[str]] = (),
    targets: Iterable[str] = (),
) -> Calendar:
    """Return what the manifests say takes place, and when; nothing is asked of any system.

    From the beginning of today (UTC), or `from_`, a day or an instant with its offset, for 14 `days`; or the
    `next` firings of each schedule. ProblemsFound where the manifests are not in order, WrongUsage where both
    say how far.
    """
    from reconcile.session.calendar import calendar as made

    options = chosen(project.options, {"paths": paths, "targets": targets})
    return Calendar(*made(options, _around(project.environ), period(from_, days, next)))


def render(document: Document | CalendarDocument, format: str = "text") -> str:
    """Return a plan, a record or a calendar in one of its formats; ValueError where it has no such format."""
    if isinstance(document, CalendarDocument):
        from reconcile.reports.calendar import render_calendar

        return render_calendar(format, document)
    from reconcile.reports.formats import render as rendered

    return rendered(format, document)


def saved(file: str | os.PathLike[str]) -> Plan:
    """Read a saved plan or record; ValueError says what is wrong with the file."""
    from reconcile.planfile.read import DOCUMENT_AT_MOST, read_document

    with Path(file).open("rb") as stream:
        return Plan(*read_document(stream.read(DOCUMENT_AT_MOST + 1), str(file)))
