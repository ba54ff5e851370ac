"""What is blocked, in words: what differs where the reason does not say so, and what is live."""

from __future__ import annotations

from collections.abc import Mapping

from reconcile.model import Json
from reconcile.reports.common.escape import value


def blocked_words(item: Mapping[str, Json]) -> str:
    """Why something is blocked, with what differs where the reason does not say, and with what is live."""
    return f"{_held_back(item)}{item['reason']}{_stays(item)}"


def held_up(document: Mapping[str, Json]) -> dict[str, str]:
    """The operations that apply will skip, each with what it needs that is blocked or skipped itself.

    Of a record, which has outcomes, none.
    """
    stuck = {} if "outcomes" in document else {item["address"]: "blocked" for item in document["blocked"]}
    found: dict[str, str] = {}
    for operation in document["operations"] if stuck else ():
        need = next((need for need in operation["needs"] if need in stuck), None)
        if need is not None:
            found[operation["address"]] = f"needs {need}, which is {stuck[need]}"
            stuck[operation["address"]] = "skipped"
    return found


def _held_back(item: Mapping[str, Json]) -> str:
    """The difference that a suspension or the lack of a request keeps open; other reasons tell it."""
    before, after = item["before"], item["after"]
    suspended = item["reason"].startswith("suspended: ")
    if _is_whole(item):
        return f"to be {'added' if before is None else 'removed'}: " if suspended else ""
    if not suspended and (after is not None or before is None):
        return ""
    name, _ = names(item)
    return f"{value(before)}{f' ({name})' if name else ''} -> {value(after)}: "


def _stays(item: Mapping[str, Json]) -> str:
    """The name of what is live and would come or go as a whole, and the id of an object."""
    name = item["before"] if item.get("id") is not None else names(item)[0]
    known = ", ".join(str(part) for part in (name, item.get("id")) if part)
    return f"  ({known})" if known and _is_whole(item) else ""


def _is_whole(item: Mapping[str, Json]) -> bool:
    """Whether it is an object or an entry that comes or goes, and no field."""
    entry = item["path"].endswith("]") and (item["before"] is None or item["after"] is None)
    return entry or item.get("id") is not None


def names(change: Mapping[str, Json]) -> tuple[str, str]:
    """What the live answer calls the value, or the entry that comes or goes; and the entry around a field."""
    name = change.get("name") or ""
    return ("", name) if change.get("within") else (name, "")
