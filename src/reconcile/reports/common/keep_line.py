"""The line to write into a manifest so that a value which somebody changed live stays as it is."""

from __future__ import annotations

from reconcile.fields.walk import is_instruction
from reconcile.model import Json
from reconcile.planfile.document import DocumentChange


def keep_it(action: str, change: DocumentChange, longest: int | None = None) -> str:
    """`keep it: ` and the line; nothing where the difference is nobody's but the manifests'.

    A line of more than `longest` characters would not paste when cut: it is left to the text report.
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
    """What to paste into the manifest to keep the live value: a field, or an entry of a list."""
    from reconcile.reports.exported_yaml import flow, scalar  # only where something drifted

    if path.endswith("]"):
        return f"- {flow(before)}" if before is not None else "# nothing: take the entry out of the list"
    return f"{scalar(path.rsplit('.', 1)[-1])}: {flow(before)}"
