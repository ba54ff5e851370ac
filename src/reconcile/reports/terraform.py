"""The three numbers that a merge request of GitLab shows (`artifacts:reports:terraform`)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from reconcile.model import Json
from reconcile.reports.formats import Options


def render(document: Mapping[str, Json], options: Options) -> str:
    """How much is created, updated and deleted, so that nothing which is to be done is invisible there.

    A run is something that is created; an entry that leaves a list is deleted, as for `max_deletes`. What is
    blocked is not to be done, and has no place there.
    """
    counts = document["summary"]
    numbers = {
        "create": counts["create"] + counts["run"],
        "update": counts["update"],
        "delete": counts["delete"] + counts["entries_removed"],
    }
    return json.dumps(numbers) + "\n"
