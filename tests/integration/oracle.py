"""What an apply must have made of a release, told without the engine: from the manifest and the state before.

Silence leaves a field as it was, null resets it, a value is there, a list has exactly its entries, and what
was blocked is as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[Any, ...]

UNTOLD: Any = object()
"""Stands in a wanted value for one that nobody can check: a null in what the server never shows."""

KEYED = {
    "projects": ("projectId", "packageName"),
    "properties": ("propertyName",),
    "overriddenEnvironmentConfigurations": ("environmentId",),
}
OBJECTS = {
    "cmsDetails": (
        "cmsInstanceId",
        "overrideSettings",
        "overriddenDefaultConfigurations",
        "overriddenEnvironmentConfigurations",
    ),
    "overriddenDefaultConfigurations": ("requireChangeTicketForDeployment",),
}
DEFAULTS = {"priority": 1, "requestAllFiles": False, "overrideSettings": False, "releaseStatus": "NOTSTARTED"}
CHOSEN_BY_THE_SERVER = {"projectStreamId", "buildEnvironmentId"}
PARTNERS = {"pipelineId": "pipelineName", "pipelineName": "pipelineId"}
FOLLOWING = {"startDate", "endDate"}


def complaints(
    want: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    held: set[Path],
    path: Path = (),
) -> Iterator[str]:
    """Every field of `after` that is not what `want` makes of `before`; what is `held` may not change."""
    for name in after:
        here = (*path, name)
        if want.get(name) is UNTOLD:
            continue
        given = None if here in held else want.get(name, None)
        silent = name not in want or here in held
        if silent and (name in FOLLOWING or PARTNERS.get(name) in want or _filled(name, before, after)):
            continue
        yield from _field(name, given, silent, before.get(name), after[name], held, here)


def _field(
    name: str, want: Any, silent: bool, before: Any, after: Any, held: set[Path], path: Path
) -> Iterator[str]:
    if name in KEYED:
        yield from _entries(name, want, silent, before, after, held, path)
    elif name in OBJECTS and (silent or want is not None):
        blank = dict.fromkeys(OBJECTS[name])
        yield from complaints({} if silent else want, before or blank, after or blank, held, path)
    elif name in OBJECTS:
        yield from complaints(dict.fromkeys(OBJECTS[name]), {}, after or {}, held, path)
    elif silent and plain(name, before) != plain(name, after):
        yield f"{_spelled(path)} was {before!r} and nobody's business, and is {after!r}"
    elif (
        not silent
        and not (want is None and name in CHOSEN_BY_THE_SERVER)
        and plain(name, want) != plain(name, after)
    ):
        yield f"{_spelled(path)} was {before!r}, wanted {want!r}, and is {after!r}"


def _entries(
    name: str, want: Any, silent: bool, before: Any, after: Any, held: set[Path], path: Path
) -> Iterator[str]:
    had, has = by_key(name, before), by_key(name, after)
    wanted = by_key(name, had.values() if silent else want)
    expected = {key for key in {*wanted, *had} if key in (had if (*path, key) in held else wanted)}
    for key in sorted({*has} ^ expected, key=str):
        yield f"{_spelled((*path, key))} is {'there' if key in has else 'not there'}"
    for key in expected & has.keys():
        given = {} if silent or (*path, key) in held else wanted[key]
        blank = {other: None for other in has[key] if other not in KEYED[name]}
        yield from complaints(given, had.get(key, blank), has[key], held, (*path, key))


def untold(name: str, want: Any, *, written: bool) -> Any:
    """What can be checked of a wanted field that the server never shows: what was written, if it was.

    What it does not show compares as empty, so nobody sees that something is there which was to be empty,
    or an entry that was not to be there.
    """
    if isinstance(want, Mapping):
        return {inner: untold(inner, value, written=written) for inner, value in want.items()}
    if name in KEYED or plain(name, want) == DEFAULTS.get(name) or not written:
        return UNTOLD
    return want


def by_key(name: str, rows: Any) -> dict[tuple[str, ...], Any]:
    """The entries of a list by their identity, spelled as change paths spell it."""
    return {tuple(str(row[part]) for part in KEYED[name] if row.get(part)): row for row in rows or ()}


def plain(name: str, value: Any) -> Any:
    """A value in the one spelling that all its spellings have."""
    if value is None or value == "":
        return DEFAULTS.get(name)
    if name == "scheduleBuildExpression":
        return value.upper().split()
    if name == "propertyValue":
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value


def _filled(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """A build environment that the server fills in, or a key that an entry's identity holds anyway."""
    return (name in CHOSEN_BY_THE_SERVER and before.get(name) is None) or (
        name == "packageName" and not after[name]
    )


def _spelled(path: Path) -> str:
    return ".".join(str(step) for step in path)
