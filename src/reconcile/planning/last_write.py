"""Tells when a live object was last written, and by whom, where its system says so unasked."""

from __future__ import annotations

from datetime import UTC, datetime

from reconcile.fields import forms
from reconcile.model import Live, Secret
from reconcile.planning.contents import LiveWritten
from reconcile.provider.kinds import Kind

_OWN = "this tool's own account"
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def live_written(
    kind: Kind, live: Live | None, account: Secret | None = None, *, names: bool = True
) -> LiveWritten | None:
    """Return what a live answer says of the object's last write; None where it says nothing.

    `account` is the name that this tool goes by there, where that is known; without `names`, nobody is named.
    """
    if live is None or kind.last_write is None:
        return None
    moment = forms.instant(live.fields.get(kind.last_write.at))
    by = live.fields.get(kind.last_write.by)
    at = _stamp(moment) if type(moment) is int else None
    who = by if names and isinstance(by, str) and by else None
    if who is not None and account is not None and account == who:
        who = f"{who} ({_OWN})"
    return LiveWritten(at, who) if at or who else None


def last_written(at: str | None, by: str | None) -> str:
    """Return in words when a live object was last written, and by whom, which is not said of one field."""
    return f"live object last written{f' {at}' if at else ''}{f' by {by}' if by else ''}, whichever field"


def _stamp(moment: int) -> str | None:
    try:
        return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None


def since(written: LiveWritten | None, plan: str | float) -> str:
    """Return, as words that end a sentence, how long after a plan an object was written; nothing if before.

    The plan's moment is in seconds since the epoch, or as a document spells it.
    """
    then = forms.instant(plan) if isinstance(plan, str) else int(plan)
    now = forms.instant(written.at) if written and written.at else None
    if written is None or not isinstance(then, int) or not isinstance(now, int) or now < then:
        return ""
    size, unit = next(((size, unit) for size, unit in _UNITS if now - then >= size), _UNITS[-1])
    many = (now - then) // size
    by = f" by {written.by}" if written.by else ""
    return f", the object was changed {many} {unit}{'' if many == 1 else 's'} after this plan{by}"
