"""Finds the name that stands for a live id where a manifest means the object by its name."""

from __future__ import annotations

from collections.abc import Sequence

from reconcile.accepting.taking import Difference
from reconcile.cleaning import Clean
from reconcile.errors import ApiError
from reconcile.fields.forms import integer
from reconcile.fields.table import Row
from reconcile.fields.walk import at
from reconcile.live.pages import Line
from reconcile.model import FieldPath, Json
from reconcile.planning.build import Planned
from reconcile.provider.kinds import Kind
from reconcile.session.export_names import ExportNames


class LiveNames:
    """Know the names of what is live; each list is read once."""

    def __init__(self, planned: Planned, every: Sequence[Difference], line: Line, clean: Clean) -> None:
        systems = {item.address.system for item in every}
        self._names = ExportNames(dict.fromkeys(systems, line), clean)
        self._live = {(item.address, item.path): item.live for item in every}
        self._steps = {step.operation.address: step.wanted for step in planned.steps}

    def of(self, kind: Kind, row: Row, difference: Difference) -> str | None:
        """Return the name that the object with the live id has alone; None where no name is known."""
        mark = row.nameable
        if mark is None:
            return None
        within = self._beside(difference, mark.within) if mark.within else None
        if mark.within and within is None:
            return None
        try:
            known = self._names.by_id(difference.address.system, kind.lookups[mark.lookup], within)
        except ApiError:
            return None
        return known.get(str(difference.live))

    def _beside(self, difference: Difference, field: str) -> Json:
        """Return the live id in a field beside the one that differs: the wanted one where it does not."""
        place: FieldPath = (*difference.path[:-1], field)
        if (difference.address, place) in self._live:
            return integer(self._live[difference.address, place])
        wanted = self._steps.get(difference.address)
        return None if wanted is None else integer(at(wanted.kind.table, wanted.resource.spec, place))
