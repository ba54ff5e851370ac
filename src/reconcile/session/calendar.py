"""Loads a project and asks for its calendar, offline; what stands in it is decided in `calendar_entries`."""

from __future__ import annotations

from reconcile.errors import ProblemsFound
from reconcile.manifests.load import by_place
from reconcile.model import Problem
from reconcile.planfile.calendar_document import Calendar
from reconcile.provider.cases import PackageFault
from reconcile.session.calendar_entries import NEVER, CalendarSource, calendar_of
from reconcile.session.calendar_window import Period, window_of
from reconcile.session.catalogue import CATALOGUE
from reconcile.session.frozen_firings import IN_FREEZE
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import loaded_in_one


def calendar(options: RunOptions, around: Surroundings, period: Period) -> Calendar:
    """Return what the manifests say takes place; WrongUsage and ProblemsFound where that cannot be told."""
    window = window_of(period, around.today())
    session = loaded_in_one(options, around)
    of = CalendarSource(session.project, session.loaded.resources, session.selected, CATALOGUE)
    try:
        found = calendar_of(of, window, around.cleaner.clean)
    except PackageFault as fault:
        raise ProblemsFound((Problem("package-fault", str(fault)),)) from fault
    told = [each for each in session.loaded.problems if each.code != IN_FREEZE]  # its row says that too
    lines = {each.origin and each.origin[:2] for each in told if each.code == NEVER}
    new = (
        each
        for each in found.warnings
        if each.code != NEVER or (each.origin and each.origin[:2]) not in lines
    )
    return found._replace(warnings=tuple(sorted((*told, *new), key=by_place)))
