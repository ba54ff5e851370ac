"""Says what the document of a run tells of the run itself: when, where, against which base."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from reconcile.cleaning import Clean
from reconcile.fields.deferred import reached
from reconcile.planfile.write import RunInfo
from reconcile.session.session import Session
from reconcile.version import VERSION


def bare_info(clean: Clean) -> RunInfo:
    """Return what the document says of a run that has no project yet: when, and by which version."""
    made = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return RunInfo(VERSION, made, clean=clean)


def run_info(session: Session, unmanaged: Mapping[str, int | None] | None = None) -> RunInfo:
    """Return what the document says of a run."""
    here = session.here()
    return bare_info(session.around.cleaner.clean)._replace(
        environment=session.project.environment,
        systems=_systems(session),
        commit=here.commit,
        dirty=here.dirty,
        prune=session.options.prune,
        selected=session.named,
        base=session.base.name if session.base else None,
        base_name=_base_name(session),
        unmanaged=unmanaged,
        project_changes=session.base.changes if session.base else (),
    )


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
