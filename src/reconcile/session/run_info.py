"""Says what the document of a run tells of the run itself: when, where, against which base."""

from __future__ import annotations

from collections.abc import Mapping

from reconcile.cleaning import Clean
from reconcile.moments import stamp
from reconcile.planfile.write import RunInfo
from reconcile.session.session import Session
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
        base=session.base.name if session.base else None,
        unmanaged=unmanaged,
        project_changes=session.base.changes if session.base else (),
    )


def _systems(session: Session) -> dict[str, dict[str, str]]:
    used = session.used
    return {
        name: {"type": config.system.type, "url": config.url}
        for name, config in session.project.systems.items()
        if name in used
    }
