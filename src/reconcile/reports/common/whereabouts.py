"""Says where a run looked: its environment, the systems with their origins, and the base with its commit."""

from __future__ import annotations

import re

from reconcile.endpoint import origin_of
from reconcile.planfile.document import Document
from reconcile.reports.common.escape import inert

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SHORT = 7


def whereabouts(document: Document) -> str:
    """Return `staging · flexdeploy https://… · base main (c3ae362)`; nothing where no project was read.

    A plan of what changed names no system where nothing did. An undo names the record that it takes back.
    """
    if not document.systems and document.summary.not_compared is None:
        return ""
    systems = ", ".join(f"{name} {_origin(str(at.get('url', '')))}" for name, at in document.systems.items())
    parts = (document.environment, systems, base(document), _taken_back(document))
    return inert(" · ".join(filter(None, parts)))


def _taken_back(document: Document) -> str:
    """Return which record an undo takes back, when it was made, and where that was an undo itself."""
    if (record := document.undo_of) is None:
        return ""
    named = f" {record.name}" if record.name else ""
    return f"undo of {'the undo' if record.command == 'undo' else 'the apply'}{named} ({record.created_at})"


def base(document: Document) -> str:
    """Return the base as a person asked for it, with its commit; nothing where none was asked for."""
    name, found = document.base_name, document.base
    if found is None:
        return "no base yet" if name else ""
    if not _COMMIT.fullmatch(found):
        return f"base {found}"
    short = found[:_SHORT]
    return f"base {short}" if not name or found.startswith(name) else f"base {name} ({short})"


def _origin(url: str) -> str:
    try:
        return origin_of(url)
    except ValueError:
        return url
