"""The plan document itself, as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from reconcile.model import Json
from reconcile.planfile.write import spelled
from reconcile.reports.formats import Options


def render(document: Mapping[str, Json], options: Options) -> str:
    """The document, the same for the same run."""
    return spelled(document)
