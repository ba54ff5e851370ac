"""Writes the line that, put into a manifest, keeps a value that somebody changed live."""

from __future__ import annotations

from reconcile.fields.walk import is_instruction
from reconcile.model import Json
from reconcile.planfile.document_parts import DocumentChange


def keep_it(action: str, change: DocumentChange, longest: int | None = None) -> str:
    """Return `keep it: ` and the line; nothing where the manifests alone made the difference.

    A line of more than `longest` characters could not be pasted once it is cut: it is left to the text
    report.
    """
    if action != "update" or change.label not in {"drift", "conflict"}:
        return ""
    if is_instruction(change.before):
        return "keep it: # by hand: a part of it has the form of {env: …} or its like"
    line = keep(change.path, change.before)
    if longest is not None and len(line) > longest:
        line = f"# {len(line):,} characters, which the text report has whole"
    return f"keep it: {line}"


def keep(path: str, before: Json) -> str:
    """Return what to paste into the manifest to keep the live value: a field, or an entry of a list."""
    from reconcile.reports.exported_yaml import flow, scalar  # only where something drifted

    if path.endswith("]"):
        return f"- {flow(before)}" if before is not None else "# nothing: take the entry out of the list"
    return f"{scalar(path.rsplit('.', 1)[-1])}: {flow(before)}"
