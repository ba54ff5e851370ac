"""Says what the document of a run tells of the run itself: when, where, against which base."""

from __future__ import annotations

from collections.abc import Mapping

from reconcile.cleaning import Clean
from reconcile.fields.deferred import reached
from reconcile.moments import stamp
from reconcile.planfile.document_parts import DocumentRecord
from reconcile.planfile.write import RunInfo
from reconcile.session.events import NotBelieved
from reconcile.session.session import Session, Undoing
from reconcile.version import VERSION


def bare_info(clean: Clean) -> RunInfo:
    """Return what the document says of a run that has no project yet: when, and by which version."""
    return RunInfo(VERSION, stamp(), clean=clean)


def run_info(session: Session, unmanaged: Mapping[str, int | None] | None = None) -> RunInfo:
    """Return what the document says of a run."""
    here = session.here()
    return RunInfo(
        VERSION,
        session.around.begun,
        clean=session.around.cleaner.clean,
        environment=session.project.environment,
        systems=_systems(session),
        commit=here.commit,
        dirty=here.dirty,
        prune=session.options.prune,
        selected=session.named,
        only=session.options.only,
        not_compared=session.not_compared,
        base=session.base.name if session.base else None,
        base_name=_base_name(session),
        unmanaged=unmanaged,
        project_changes=session.base.changes if session.base else (),
        undo_of=_undo_of(session.undoes),
    )


def _undo_of(undoing: Undoing | None) -> DocumentRecord | None:
    if undoing is None:
        return None
    name, record = undoing.name, undoing.record
    return DocumentRecord(name, record.created_at, record.commit, "apply" if record.undo is None else "undo")


def tell_state(session: Session) -> None:
    """Tell why git cannot say whether the files that were read are those of the commit, where it cannot."""
    if why := session.here().why:
        words = f"git cannot tell whether the files are those of the commit: {why}"
        session.around.on_event(NotBelieved(f"warning: {words} [git]"))


def _base_name(session: Session) -> str | None:
    """Return what the base was asked for as, also where it need not be there and is not."""
    return session.options.base_or_none or (session.options.base if session.base else None)


def _systems(session: Session) -> dict[str, dict[str, str]]:
    """Return the systems that the run reads: those of what is selected, and of what that refers to."""
    used = session.used
    if session.partial:
        used = {address.system for address in reached(session.loaded.resources, session.selected)}
    return {
        name: {"type": config.system.type, "url": config.url}
        for name, config in session.project.systems.items()
        if name in used
    }
