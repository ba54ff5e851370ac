"""Writes the three numbers that a merge request of GitLab shows (`artifacts:reports:terraform`)."""

from __future__ import annotations

import json

from reconcile.planfile.document import Document
from reconcile.reports.formats import Options


def render(document: Document, options: Options) -> str:
    """Return how many objects are created, updated and deleted; a run counts as created.

    An entry that leaves a list is part of an update, as in the text report's last line. A blocked difference
    is not counted, since nothing will be done about it.
    """
    counts = document.summary
    numbers = {
        "create": counts.create + counts.run,
        "update": counts.update,
        "delete": counts.delete,
    }
    return json.dumps(numbers) + "\n"
