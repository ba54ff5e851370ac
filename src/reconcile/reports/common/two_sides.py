"""Words a difference: of a plan as what is before and after, of a drift check as what is live and wanted."""

from __future__ import annotations

from reconcile.planfile.document import Document


def is_drift(document: Document) -> bool:
    """Tell whether a document is that of a drift check, whose differences have a live and a wanted side."""
    return document.command == "drift" and document.outcomes is None


def two_sides(before: str, after: str, *, drift: bool) -> str:
    """Return both values of a difference in one text."""
    return f"live {before}, wanted {after}" if drift else f"{before} -> {after}"


def whole_side(*, coming: bool) -> str:
    """Return what a drift check says of an entry that is only on one side."""
    return "wanted, not live" if coming else "live, not wanted"
