"""Checks what a program asks of a run, before anything is read: unknown names, wrong types, wrong ranges."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any, Literal, TypedDict

from reconcile.errors import WrongUsage
from reconcile.model import Label
from reconcile.session.calendar_window import Period
from reconcile.session.limits import (
    DAYS,
    LABELS,
    LOCK_STALE,
    NEXT,
    PARALLELISM,
    RETRIES,
    SETTLE,
    TIMEOUT,
    WAIT,
    Limit,
)
from reconcile.session.run_options import RunOptions
from reconcile.suggest import suggestion


class Choices(TypedDict, total=False):
    """Name what a plan, a drift check or an apply may be told, as the flags of the commands."""

    paths: Iterable[str | os.PathLike[str]]
    targets: Iterable[str]
    base: str | None
    only: Label | None
    prune: bool
    parallelism: int
    timeout: float
    retries: int
    settle: float
    wait: float
    lock_stale: float


def chosen(options: RunOptions, choices: Choices) -> RunOptions:
    """Return the options with what a program chose.

    Raises TypeError and ValueError, which name the argument, and WrongUsage for what does not go together.
    """
    found = {name: _check_of(name)(name, value) for name, value in choices.items()}
    whole = options._replace(**found)
    if whole.only and whole.base is None:
        raise WrongUsage("only goes with base: without it, differences have no labels")
    return whole


def changed_alone(options: RunOptions) -> RunOptions:
    """Return the options of a plan of nothing but what changed; WrongUsage without a base."""
    if options.base is None:
        raise WrongUsage("changed goes with base: without it, nobody knows what was changed")
    return options._replace(changed=True)


def list_of_texts(name: str, given: object) -> tuple[str, ...]:
    """Return the texts of a list; TypeError where one text was given in its place, or something else."""
    if isinstance(given, str | bytes | os.PathLike) or not isinstance(given, Iterable):
        raise TypeError(f"{name} takes a list of texts, not {_kind(given)}")
    return tuple(os.fspath(_of(str | os.PathLike, f"each of {name}", "a text", each)) for each in given)


def mapping(name: str, given: object) -> dict[str, Any]:
    """Return a copy of a mapping by names; TypeError where something else was given."""
    found: Mapping[object, Any] = _of(Mapping, name, "a mapping", given)
    return {_of(str, f"each name in {name}", "a text", key): value for key, value in found.items()}


def at_or_none(given: Any) -> Literal["use", "variable"] | None:
    """Return where a variable's value is written; ValueError for another word."""
    if given not in (None, "use", "variable"):
        raise ValueError(f"at takes use or variable, not {given!r}")
    found: Literal["use", "variable"] | None = given
    return found


def text_or_none(name: str, given: object) -> str | None:
    """Return a text or None; TypeError where something else was given."""
    found: str | None = _of(str | None, name, "a text", given)
    return found


def flag(name: str, given: object) -> bool:
    """Return True or False; TypeError where something else was given."""
    found: bool = _of(bool, name, "True or False", given)
    return found


def period(from_: object, days: object, next_: object) -> Period:
    """Return which span of time a calendar is asked for; TypeError and ValueError name the argument."""
    if isinstance(from_, date):
        from_ = from_.isoformat()
    far = (
        None if given is None else _number(limit, name, given)
        for limit, name, given in ((DAYS, "days", days), (NEXT, "next", next_))
    )
    return Period(text_or_none("from_", from_), *(None if given is None else int(given) for given in far))


def listener(given: object) -> None:
    """Raise TypeError where what is to hear of events cannot be called."""
    if given is not None and not callable(given):
        raise TypeError(f"on_event takes a function, not {_kind(given)}")


def _check_of(name: str) -> Callable[[str, object], Any]:
    if name not in _CHECKS:
        raise TypeError(f"there is no argument {name}{suggestion(name, _CHECKS)}")
    return _CHECKS[name]


def _label(name: str, given: object) -> str | None:
    if text_or_none(name, given) not in (None, *LABELS):
        raise ValueError(f"{name} is one of {', '.join(LABELS)}, not {given!r}")
    return text_or_none(name, given)


def _number(limit: Limit[Any], name: str, given: object) -> float:
    whole = isinstance(limit.default, int)
    what = f"a {'whole ' if whole else ''}number from {limit.least:g} to {limit.most:g}"
    if isinstance(given, bool) or not isinstance(given, int if whole else int | float):
        raise TypeError(f"{name} takes {what}, not {_kind(given)}")
    if not limit.least <= given <= limit.most:  # which `nan` is not either
        raise ValueError(f"{name} takes {what}, not {given}")
    return given


def _of(kind: Any, name: str, what: str, given: object) -> Any:
    if not isinstance(given, kind):
        raise TypeError(f"{name} takes {what}, not {_kind(given)}")
    return given


def _kind(given: object) -> str:
    """Return what a value is, without the value: it may be a secret that stands in the wrong place."""
    return f"a value of type {type(given).__name__}"


_CHECKS: Mapping[str, Callable[[str, object], Any]] = {
    "paths": list_of_texts,
    "targets": list_of_texts,
    "base": text_or_none,
    "only": _label,
    "prune": flag,
    "parallelism": partial(_number, PARALLELISM),
    "timeout": partial(_number, TIMEOUT),
    "retries": partial(_number, RETRIES),
    "settle": partial(_number, SETTLE),
    "wait": partial(_number, WAIT),
    "lock_stale": partial(_number, LOCK_STALE),
}
