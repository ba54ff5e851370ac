"""Offers the commands as functions that neither print nor exit; `import reconcile` is this module."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, Unpack

from reconcile.cleaning import Cleaner
from reconcile.errors import NotRead
from reconcile.model import EMPTY, Json, Label, Origin, Problem
from reconcile.planfile.document import Document, to_json
from reconcile.session.consent import All
from reconcile.session.events import Event
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import Session, begin, loaded_offline, open_project
from reconcile.session.stop import Stop


class Plan(Document):
    """Hold a plan, or the record of an apply, its parts as attributes named as in interface.md, section 5."""

    __slots__ = ()

    def __str__(self) -> str:
        return render(self)

    def save(self, file: str | os.PathLike[str]) -> None:
        """Write the plan to a file, for `saved`, `apply --plan` and `show`."""
        from reconcile.planfile.write import json_text
        from reconcile.session.atomic_files import replace

        replace(Path(file), json_text(to_json(self)))


class Choices(TypedDict, total=False):
    """Name what a plan, a drift check or an apply may be told, as the flags of the commands."""

    paths: tuple[str, ...]
    targets: tuple[str, ...]
    base: str | None
    only: Label | None
    prune: bool
    parallelism: int
    timeout: float
    retries: int
    settle: float
    wait: float


@dataclass(frozen=True, slots=True)
class LoadedProject:
    """Hold a project whose manifests are in order, in one environment."""

    options: RunOptions
    environ: Mapping[str, str]
    warnings: tuple[Problem, ...] = ()

    def session(self, choices: Choices, on_event: Callable[[Event], None] | None = None) -> Session:
        """Load the manifests anew, for a run that asks systems."""
        options = self.options._replace(**choices)
        options = options._replace(paths=tuple(options.paths), targets=tuple(options.targets))
        around = _around(self.environ)
        around = around if on_event is None else around._replace(on_event=on_event)
        return begin(options, around)


def _around(environ: Mapping[str, str]) -> Surroundings:
    return Surroundings(environ, Cleaner(), stop=Stop())


def load(
    folder: str | os.PathLike[str] = ".",
    *,
    environment: str | None = None,
    variables: Mapping[str, Json] = EMPTY,
    environ: Mapping[str, str] | None = None,
) -> LoadedProject:
    """Load a project and check its manifests offline; ProblemsFound has all that is wrong.

    `environ` stands in for the process's environment, out of which credentials and secrets are read.
    """
    options = RunOptions(Path(folder), environment, variables, caches=False)
    surroundings = _around(dict(os.environ if environ is None else environ))
    session = loaded_offline(options, surroundings)
    return LoadedProject(options, surroundings.environ, session.loaded.problems)


def validate(project: LoadedProject) -> Plan:
    """Return what is in order, with its warnings; ProblemsFound where something is not."""
    from reconcile.session.validate import validate as validated

    return Plan(*validated(project.options, _around(project.environ)))


def plan(project: LoadedProject, **choices: Unpack[Choices]) -> Plan:
    """Return what `apply` would do, read by a client that cannot write.

    What could not be read is its `not_read`. ProblemsFound where nothing can be planned, NotRead where
    nothing could be read.
    """
    from reconcile.session.plan import plan_document

    return _read(plan_document(project.session(choices)))


def drift(project: LoadedProject, **choices: Unpack[Choices]) -> Plan:
    """Return what differs, and how many live objects no manifest manages, by a client that cannot write."""
    from reconcile.session.plan import plan_document

    return _read(plan_document(project.session(choices), counts_others=True))


def _read(found: Document) -> Plan:
    """Return the plan; NotRead where nothing of it could be read."""
    if found.not_read and not any((found.operations, found.blocked, found.finished, found.unchanged)):
        places = ((item.reason, item.source and Origin(*item.source[:2])) for item in found.not_read)
        raise NotRead(tuple(Problem("unreadable-live", reason, place or None) for reason, place in places))
    return Plan(*found)


def apply(
    project: LoadedProject,
    *,
    approve: Document | All | Callable[[Document], bool],
    on_event: Callable[[Event], None] | None = None,
    force: bool = False,
    **choices: Unpack[Choices],
) -> Plan:
    """Carry out what is approved, and return the record: its `outcomes`, and whether it is `complete`.

    `approve` is a plan that was made or saved before, a function that is shown the plan and says yes or no,
    or ALL. Refused where a guard, a freeze, a conflict, the lock or a plan that no longer fits is in the way;
    Declined where the function said no; ProblemsFound and NotRead before anything is written.
    """
    from reconcile.session.apply import apply as applied

    brought = approve.base if isinstance(approve, Plan) and "base" not in choices else None
    if brought is not None:
        choices["base"] = brought
    return Plan(*applied(project.session(choices, on_event), approve, force=force))


def export(project: LoadedProject, what: Sequence[str] = ()) -> str:
    """Return live objects as manifests: all of them, or those that SYSTEM[/KIND[/NAME]] name."""
    from reconcile.reports.exported_yaml import render as written
    from reconcile.session.live_export import export as exported
    from reconcile.session.live_export import shares_a_type

    session = open_project(project.options, _around(project.environ))
    return written(exported(session, what), named_system=shares_a_type(session))


def render(document: Document, format: str = "text") -> str:
    """Return a plan or a record in one of the formats of `-o`."""
    from reconcile.reports.formats import render as rendered

    return rendered(format, document)


def saved(file: str | os.PathLike[str]) -> Plan:
    """Read a saved plan or record; ValueError says what is wrong with the file."""
    from reconcile.planfile.read import DOCUMENT_AT_MOST, read_document

    with Path(file).open("rb") as stream:
        return Plan(*read_document(stream.read(DOCUMENT_AT_MOST + 1), str(file)))
