"""Checks the time triggers of a schedule offline: their cron expressions and their time zones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reconcile.provider import FieldPath, Finding, Json, Spec, is_zone, nearest_zone, no_zone
from reconcile.systems.foundry.cron import judge
from reconcile.systems.foundry.cron_times import fires_ever

_OFFSET = re.compile(r"Z|(?:UTC|GMT|UT)?[+-][0-9]{1,2}(?::?[0-9]{2})?")


def known_times(spec: Spec) -> Iterator[Finding]:
    """Yield what is wrong with the time triggers of a schedule, those inside other triggers too."""
    trigger = spec.get("trigger")
    if isinstance(trigger, dict):
        for inner in _times(trigger):
            place: FieldPath = ("trigger", "cronExpression") if inner is trigger else ("trigger",)
            yield from _cron(place, inner.get("cronExpression"))
            place = ("trigger", "timeZone") if inner is trigger else ("trigger",)
            yield from _zone(place, inner.get("timeZone"))


def _times(trigger: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    """Yield the time triggers of a trigger, itself included."""
    if trigger.get("type") == "time":
        yield trigger
    inner = trigger.get("triggers")
    for entry in inner if isinstance(inner, list) else ():
        if isinstance(entry, dict):
            yield from _times(entry)


def _cron(place: FieldPath, text: Json) -> Iterator[Finding]:
    if isinstance(text, str) and text:
        verdict = judge(text)
        yield from (Finding(place, "cron", f"cronExpression: {words}") for words in verdict.errors)
        for words in verdict.unknown:
            yield _unsure(place, "cron", f"cronExpression: {words}")._replace(value=text)
        if not any(verdict) and not fires_ever(text):
            words = f"cronExpression: no day matches `{' '.join(text.split()[2:]):.40}`: never fires"
            yield Finding(place, "cron-never-fires", words, "warning")


def _zone(place: FieldPath, text: Json) -> Iterator[Finding]:
    """Yield what is wrong with a zone; nothing where this machine has no list of zones."""
    if not isinstance(text, str) or not text or is_zone(text):
        return
    words = f"timeZone: {no_zone(text)}"
    if _OFFSET.fullmatch(text):
        yield _unsure(place, "time-zone", words)._replace(value=text)
    else:
        yield Finding(place, "time-zone", words + nearest_zone(text))


def _unsure(place: FieldPath, code: str, words: str) -> Finding:
    return Finding(place, code, f"{words}; only Foundry can say whether it takes it", "warning", True)
