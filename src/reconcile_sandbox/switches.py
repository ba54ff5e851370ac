"""Decides which switches exist, and which values they may have and do have; not what they do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .system import Switch, Switches, System

CORE = "sandbox"
"""The name of the owner of the frame's own switches, which belong to no system."""

_CORE_SWITCHES = (
    Switch(
        "clock",
        "The time that the systems believe it is: `real`, or an instant such as 2026-12-01T08:00:00Z.",
        "real",
    ),
)
_EVERY_SYSTEM = (
    Switch(
        "access",
        "What known users may do: all that is theirs, only read, or nothing; the rest is answered 403.",
        "normal",
        ("normal", "read_only", "none"),
    ),
    Switch("stale_reads", "How many reads after each write still see the state before it.", "0"),
    Switch(
        "gateway",
        "Whether each request, one for a token too, needs the header `X-Gateway-Key: demo`; else 403.",
        "none",
        ("none", "key"),
    ),
    Switch("delay", "Seconds that pass before each request is handled.", "0", fraction=True),
)


@dataclass(frozen=True, slots=True)
class Described:
    """Describe one switch to a user: its full name, its values in words, the default and a sentence."""

    name: str
    values: str
    default: str
    about: str


class Options:
    """Keep the value in force of every switch."""

    def __init__(self, systems: Iterable[System]) -> None:
        self._known = dict(_named(systems))
        self._values: dict[str, dict[str, str]] = {}
        self.reset()

    def reset(self) -> None:
        """Put every default in force."""
        for name, switch in self._known.items():
            owner, _, short = name.partition(".")
            self._values.setdefault(owner, {})[short] = switch.default

    def of(self, owner: str) -> Switches:
        """Return the values of one system's switches by short name; the mapping follows later changes."""
        return self._values[owner]

    def set(self, assignment: str) -> None:
        """Put a `NAME=VALUE` in force; raise ValueError for any other text."""
        name, equals, value = assignment.partition("=")
        if not equals:
            raise ValueError(f"an option is NAME=VALUE, not {assignment!r}; {_LISTED}")
        self.put(name.strip(), value.strip())

    def put(self, name: str, value: str) -> None:
        """Put one value in force; raise ValueError for an unknown name or value."""
        switch = self._known.get(name)
        if switch is None:
            raise ValueError(f"unknown option {name!r}{_nearest(name, self._known)}; {_LISTED}")
        if not _allows(switch, value):
            raise ValueError(
                f"option {name} cannot be {value!r}{_nearest(value, switch.values)}; it is {_words(switch)}"
            )
        owner, _, short = name.partition(".")
        self._values[owner].update({short: value, **switch.sets.get(value, {})})

    def document(self) -> dict[str, str]:
        """Return every switch's full name with its value."""
        return {
            f"{owner}.{short}": value for owner, own in self._values.items() for short, value in own.items()
        }

    def described(self) -> tuple[Described, ...]:
        """Return every switch, in the order of declaration."""
        return tuple(Described(name, _words(it), it.default, it.about) for name, it in self._known.items())


def instant(text: str) -> datetime:
    """Return the instant that a `clock` switch names; raise ValueError without date, time and offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant needs an offset, such as Z")
    return moment


def _named(systems: Iterable[System]) -> Iterable[tuple[str, Switch]]:
    yield from ((f"{CORE}.{switch.name}", switch) for switch in _CORE_SWITCHES)
    for system in systems:
        yield from ((f"{system.name}.{switch.name}", switch) for switch in (*system.switches, *_EVERY_SYSTEM))


def _allows(switch: Switch, value: str) -> bool:
    if switch.values:
        return value in switch.values
    if switch.name == "clock":
        return value == "real" or _is_instant(value)
    number = r"[0-9]{1,6}(\.[0-9]{1,6})?" if switch.fraction else r"[0-9]{1,6}"
    return re.fullmatch(f"-?{number}" if switch.signed else number, value) is not None


def _is_instant(text: str) -> bool:
    try:
        instant(text)
    except ValueError:
        return False
    return True


_LISTED = "reconcile sandbox --switches lists them"


def _words(switch: Switch) -> str:
    if switch.values:
        return "|".join(switch.values)
    if switch.name == "clock":
        return "real|INSTANT"
    return "SECONDS" if switch.fraction else "NUMBER"


def _nearest(text: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(text, list(known), 1, 0.5)
    return f" (did you mean {near[0]}?)" if near else ""
