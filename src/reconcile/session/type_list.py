"""Lists every type of system that there is: the built-in ones, and those of installed packages, which are
described by what is kept of them, else by a process that imports one of them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from reconcile.model import Json
from reconcile.named_tuple import NamedTuple
from reconcile.packages.distributions import Offer, offers
from reconcile.packages.kept_facts import FactsKey, keep_facts, kept_facts
from reconcile.systems import BUILT_IN, Installed

PATIENCE = 10.0
"""Seconds: a package that takes longer to import is told as such, and is not waited for."""

SLOW = 1.0
"""Seconds: a package that takes longer to import makes each run of its projects wait."""


class Described(NamedTuple):
    """Hold what is known of a type that a package adds."""

    offer: Offer
    facts: Mapping[str, Any] | None = None
    """What there is to know, as `type_facts.facts_of` says it; None where that cannot be told."""

    problem: str = ""
    """Why a project that names the type is refused; empty where it is not."""

    remarks: tuple[str, ...] = ()
    """What else is worth knowing."""


def added_types(patience: float = PATIENCE) -> list[Described]:
    """Return each type that a package adds, with what is known of it."""
    every = offers()
    return [_described(offer, every, patience) for offer in every]


def learn(types: Collection[str], patience: float = PATIENCE) -> None:
    """Keep what there is to know of these types, also that one cannot be used, for whoever looks it up."""
    every = offers()
    for offer in every:
        if offer.type in types:
            found = _described(offer, every, patience)
            if found.facts is None:
                keep_facts(FactsKey(offer.type, offer.target, offer.about), {"type": offer.type})


def facts_of_packages() -> list[Mapping[str, Any]]:
    """Return the facts of each type that packages add and that a project can name."""
    return [*usable(added_types())]


def imported_for(topic: str) -> None:
    """Import each type of a package that a topic is about: by its own name, or that of one of its kinds.

    LookupError says why one that the topic names cannot be used.
    """
    head = topic.partition(".")[0].casefold()
    for each in added_types():
        named = head.partition("/")[0] == each.offer.type.casefold() and "/" in head
        if each.problem and named:
            raise LookupError(f"the type `{each.offer.type}` of {each.offer.package}: {each.problem}")
        kinds = [kind["kind"].casefold() for kind in (each.facts or {}).get("kinds", ())]
        if not each.problem and (named or head in kinds):
            Installed()[each.offer.type]


def usable(found: Iterable[Described]) -> Iterator[Mapping[str, Any]]:
    """Yield the facts of those that a project can name."""
    yield from (each.facts for each in found if each.facts is not None and not each.problem)


def _described(offer: Offer, every: Iterable[Offer], patience: float) -> Described:
    if not offer.type:
        return Described(offer, problem="its entry_points.txt cannot be read")
    if offer.type in BUILT_IN:
        return Described(offer, problem=f"the type `{offer.type}` is built in: the package is never used")
    others = [other for other in every if other.type == offer.type and other != offer]
    if others:
        named = " and ".join(f"{other.package} ({other.target})" for other in others)
        return Described(offer, problem=f"{named} adds the type `{offer.type}` too: uninstall all but one")
    key = FactsKey(offer.type, offer.target, offer.about)
    kept = None if offer.is_worked_on else kept_facts(key)
    if kept is not None and "facts" not in kept:
        kept = None
    told = kept or _asked(offer, patience)
    if kept is None and "facts" in told and not offer.is_worked_on:
        keep_facts(key, {**told, "type": offer.type})
    return Described(offer, told.get("facts"), told.get("problem", ""), tuple(_remarks(told)))


def _asked(offer: Offer, patience: float) -> Mapping[str, Any]:
    """Return what a process of its own says of a type, which may end or hang without harm."""
    program = [sys.executable, "-P", "-m", "reconcile.session.type_facts"]
    try:
        ran = subprocess.run(  # noqa: S603  # this interpreter, with the names that its own packages have
            [*program, offer.type, offer.target, offer.package.name],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"problem": f"importing it takes longer than {patience:g} s"}
    except OSError as error:
        return {"problem": f"no process could be started to import it: {error.strerror}"}
    try:
        found: dict[str, Json] = json.loads(ran.stdout)
    except ValueError:
        return {"problem": f"importing it ends the process, with {ran.returncode}"}
    return found


def _remarks(told: Mapping[str, Any]) -> Iterator[str]:
    if told.get("prints"):
        yield "it prints as it is imported"
    if told.get("seconds", 0) > SLOW:
        yield f"it takes {told['seconds']:.1f} s to import"
