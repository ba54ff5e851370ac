"""The three numbers that a merge request of GitLab shows (`artifacts:reports:terraform`)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from reconcile.model import Json
from reconcile.reports.formats import Options


def render(document: Mapping[str, Json], options: Options) -> str:
    """How many objects are created, updated and deleted; runs and blocked items have no place there."""
    return json.dumps({name: document["summary"][name] for name in ("create", "update", "delete")}) + "\n"
