"""The three numbers that a merge request of GitLab shows (`artifacts:reports:terraform`)."""

from __future__ import annotations

import json

from reconcile.planfile.document import Document
from reconcile.reports.formats import Options


def render(document: Document, options: Options) -> str:
    """How many objects are created, updated and deleted; a run is something that is created.

    An entry that leaves a list is part of an update, as in the text report's last line. What is blocked is
    not to be done, and has no place there.
    """
    counts = document.summary
    numbers = {
        "create": counts.create + counts.run,
        "update": counts.update,
        "delete": counts.delete,
    }
    return json.dumps(numbers) + "\n"
