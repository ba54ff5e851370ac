"""Decides what may stand where somebody is typing, by the words before it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from reconcile.completion.package_words import explained, kinds_of
from reconcile.completion.project_words import ProjectWords, project_words
from reconcile.named_tuple import NamedTuple

FILES = ":files"
"""The candidate that stands for the files of the folder, which a shell completes by itself."""

Words = Mapping[str, Mapping[str, str]]


class Typed(NamedTuple):
    """Hold what was typed: the command, the words before the one that is being typed, and that one."""

    command: str
    before: tuple[str, ...]
    current: str


def candidates(words: Sequence[str]) -> list[str]:
    """Return what may stand for the last of the words that follow the program's name."""
    known = _known()
    typed = _typed([word for word in words if word != "="] or [""], known)
    if words and words[-1] == "=":
        typed = _typed([*(word for word in words if word != "="), ""], known)
    flag, equals, value = typed.current.partition("=")
    if typed.current.startswith("-") and equals:
        found = _values(_meaning(known, typed.command, flag), typed)
        return [f"{flag}={each}" for each in found if each.startswith(value) and each != FILES]
    if typed.current.startswith("-"):
        return [name for name in _flags(known, typed.command) if name.startswith(typed.current)]
    last = typed.before[-1] if typed.before else ""
    meaning = _meaning(known, typed.command, last)
    if not meaning and typed.command:
        meaning = known["arguments"].get(typed.command, "")
    elif not meaning:
        return [name for name in known["commands"] if name.startswith(typed.current)]
    found = [*_values(meaning, typed)]
    if typed.command == "explain" and meaning == known["arguments"]["explain"]:
        found = [*dict.fromkeys([*found, *explained()])]
    return [each for each in found if each == FILES or each.startswith(typed.current)]


def _known() -> dict[str, dict[str, str]]:
    with open(os.path.join(os.path.dirname(__file__), "words.json"), encoding="utf-8") as stream:
        found: dict[str, dict[str, str]] = json.load(stream)
    return found


def _typed(words: Sequence[str], known: Words) -> Typed:
    *before, current = words
    command, skip = "", False
    for word in before:
        if not skip and not word.startswith("-") and not command:
            command = word if word in known["commands"] else ""
        skip = bool(known["flags"].get(word))
    return Typed(command, tuple(before), current)


def _flags(known: Words, command: str) -> Iterable[str]:
    return known["commands"][command].split() if command else known["flags"]


def _meaning(known: Words, command: str, flag: str) -> str:
    """Return what the value of a flag is, for this command where that differs; nothing where it has none."""
    return known["own"].get(f"{command} {flag}") or known["flags"].get(flag, "")


def _values(meaning: str, typed: Typed) -> Iterable[str]:
    """Return the values of that meaning: words between bars, or what a name stands for."""
    if "|" in meaning:
        return meaning.split("|")
    made = _MADE.get(meaning)
    if made is None:
        return [FILES] if meaning == "files" else []
    return made(project_words(_folder(typed.before)))


def _folder(before: Sequence[str]) -> Path | None:
    """Return the folder that -C names; None where it does not."""
    for at, word in enumerate(before):
        if word in {"-C", "--chdir"} and at + 1 < len(before):
            return Path(before[at + 1])
        if word.startswith("--chdir="):
            return Path(word.partition("=")[2])
    return None


def _kinds(project: ProjectWords) -> Iterator[str]:
    """Yield what may be exported: each system and each of its kinds."""
    kinds = _known()["kinds"]
    more = kinds_of({*project.systems.values()} - kinds.keys())
    for name, type_ in project.systems.items():
        yield name
        yield from (f"{name}/{kind}" for kind in kinds.get(type_, "").split())
        yield from (f"{name}/{kind['kind']}" for kind in more.get(type_, ()))


def _found(project: ProjectWords) -> Iterator[str]:
    """Yield the fields whose values can be looked up."""
    fields = _known()["fields"]
    more = kinds_of({*project.systems.values()} - fields.keys())
    for name, type_ in project.systems.items():
        yield from (f"{name}/{field}" for field in fields.get(type_, "").split())
        for kind in more.get(type_, ()):
            yield from (f"{name}/{kind['kind']}.{field}" for field in kind["nameable"])


_MADE: Mapping[str, Callable[[ProjectWords], Iterable[str]]] = {
    "environment": lambda project: project.environments,
    "address": lambda project: project.addresses,
    "kind": _kinds,
    "field": _found,
}
