"""Decides what is refused in a file that is YAML; building the values and their places is left to others.

Nothing here runs for an ordinary node: each function is for the first of its kind, or for a rare one.
"""

from __future__ import annotations

import re
from typing import Any, Final, NoReturn, TypeAlias

from reconcile.model import Json, Problem
from reconcile.yaml_source.anchors import Anchor, Anchors
from reconcile.yaml_source.decoding import DIRECTIVE, LIMIT_PROBLEMS, MAX_PROBLEMS, TAGS, shown_bytes
from reconcile.yaml_source.positions import Dropped, Lines, Marks
from reconcile.yaml_source.scalars import ScalarError, resolve

MAX_DEPTH: Final = 64
MAX_NODES: Final = 1_000_000
Mapping: TypeAlias = dict[Any, Json]
"""A mapping that is being read: its keys are texts, or `Dropped` until it ends."""
ITEM: Final = Dropped(-1)
"""Stands for the key where the value is an item of a list, or a document."""
EMPTY_VALUE: Final = object()
"""The value of a document without content."""

_ODD: Final = re.compile(r"[&!](?<!\w.)")
_TAG: Final = re.compile(r"(?:&\S+(?:\s++|#[^\n]*+\n)++)?!")
_MAX_TAG_DIRECTIVES: Final = 100
_DIRECTIVE: Final = re.compile(r"^%(\S*)[ \t]*(\S*)", re.MULTILINE)
_MERGE: Final = (
    "merge keys (`<<`) are not accepted; write the fields out, or repeat a whole value by an alias"
)
_NO_KEY: Final = 'a key is missing here; an empty key is written `"": value`'
_TEMPLATE: Final = "a key cannot be a list or a mapping; quote a value that begins with `{{`"
_COMPLEX: Final = "a key cannot be a list, a mapping or an alias; write it as text"
_DEPTH: Final = f"values are nested more than {MAX_DEPTH} deep, which no manifest needs; flatten them"
_NODES: Final = (
    f"the file has more than {MAX_NODES:,} values, those that aliases repeat included;"
    " split it into several files, or repeat less"
)


class StopReading(Exception):
    """Say that what follows in the file cannot be read; the reason is among the problems."""


class Notes:
    """Collect what is noted of one file while it is read: its marks, anchors, and problems."""

    def __init__(self, text: str, lines: Lines) -> None:
        self.problems: list[Problem] = []
        self.marks = Marks(lines)
        self.anchors = Anchors()
        self.names: dict[str, str] = {}
        self.plain: dict[str, Json] = {}
        self.odd = text.startswith("%") or "\n%" in text or _ODD.search(text) is not None
        """Whether the file can hold an anchor, a tag or a directive."""
        self.dropped = False
        """Whether some mapping may hold a `Dropped` key."""
        self._text = text

    def plain_value(self, event: Any, key: str | Dropped, depth: int) -> Json:
        """Return what an unquoted scalar means that no scalar before it has spelled."""
        source: str = event.value
        if not source:
            return self._empty(event, key, depth)
        try:
            value = self.plain[source] = resolve(source)
        except ScalarError as error:
            self._add(error.code, str(error), self.marks.places[-1])
            return source
        return value

    def _empty(self, event: Any, key: str | Dropped, depth: int) -> Json:
        places = self.marks.places
        if event.tag is not None:
            return None
        if key is ITEM and not depth:
            return EMPTY_VALUE
        if key is ITEM:
            message = "this list item has no value; write `null` (or ~) if that is meant, or remove the `-`"
            places[-1] -= self._text[places[-1] - 1] == "-"
            self._add("empty-value", message, places[-1])
        elif isinstance(key, str) and not self._in_template():
            message = (
                f"`{shown_bytes(key)}:` has no value; write `null` (or ~) to clear it, or remove the line"
            )
            self._add("empty-value", message, places[-2])
        return None

    def scalar_anchor(self, event: Any) -> None:
        """Keep what an alias of this scalar will be; its problems are reported where it stands."""
        try:
            value = event.value if event.style or not event.value else resolve(event.value)
        except ScalarError:
            value = event.value
        self.anchors.scalar(event.anchor, value)

    def name(self, event: Any) -> str | Dropped:
        """Return the key that a scalar is which no key before it has spelled."""
        name: str = event.value
        if name not in ("", "<<"):
            self.names[name] = name
            return name
        if event.style:
            return name
        if name:
            return self._drop("yaml-merge", _MERGE)
        places = self.marks.places
        places[-1] -= self._text[: places[-1]].endswith("?")
        return self._drop("yaml-key", _NO_KEY)

    def duplicate(self, into: Mapping, at: int, key: str) -> Dropped:
        """Refuse a key that its mapping already has."""
        line = self.marks.lines.origin(self.marks.key_place(into, at, key)).line
        return self._drop(
            "duplicate-key", f"`{shown_bytes(key)}` is already on line {line}; remove one of the two"
        )

    def refuse_key(self, at: int, *, nested: bool) -> Dropped:
        """Refuse a key that is no scalar."""
        message = _TEMPLATE if self._text.startswith("{{", max(self.marks.places[at] - 1, 0)) else _COMPLEX
        return self._drop("yaml-key", message, at, nested=nested)

    def forget_dropped(self, mapping: Mapping, at: int) -> None:
        """Take the keys that were refused out of a mapping that has ended."""
        dropped = [key for key in mapping if isinstance(key, Dropped)]
        if dropped:
            self.marks.keep_table(mapping, at)
        for key in dropped:
            del mapping[key]

    def properties(self, event: Any) -> None:
        """Refuse the tag of a node; libyaml hides a lone `!`, so that the text itself is searched."""
        start = event.start_mark.index
        if event.tag is None and event.anchor is None and self._text[start : start + 1] != "!":
            return
        found = _TAG.match(self._text, start)
        if found is not None:
            self._add("yaml-tag", TAGS, found.end() - 1)

    def begin_file(self) -> None:
        """Refuse a flood of %TAG directives, since libyaml compares each one with all before it."""
        if self._text.count("\n%TAG") > _MAX_TAG_DIRECTIVES:
            self._stop("yaml-tag", TAGS, self._text.index("\n%TAG") + 1)

    def begin_document(self, event: Any) -> None:
        """Forget the anchors of the document before, and refuse directives."""
        self.anchors.clear()
        start, end = event.start_mark.index, event.end_mark.index
        if not self._text.startswith("%", start):
            return
        for directive in _DIRECTIVE.finditer(self._text, start, end):
            place = directive.start()
            match directive.groups():
                case "YAML", "1.2":
                    pass
                case "YAML", "1.1":
                    self._add("yaml-directive", DIRECTIVE, place)
                case "TAG", _:
                    self._add("yaml-tag", TAGS, place)
                case _:
                    self._stop("yaml-directive", DIRECTIVE, place)

    def alias(self, event: Any, before: int, depth: int) -> Anchor:
        """Return what an alias repeats, at the given depth and after so many nodes.

        The alias of an anchor that is refused repeats null.
        """
        name, place = shown_bytes(event.anchor), event.start_mark.index
        anchor = self.anchors.find(event.anchor)
        if anchor is None:
            self._add(
                "yaml-alias",
                f"`*{name}` repeats nothing: no `&{name}` stands before it in its document",
                place,
            )
        elif anchor.is_open:
            self._add("yaml-alias", f"`*{name}` repeats a value that contains it", place)
        elif depth + anchor.height > MAX_DEPTH:
            self.too_deep(place)
        elif before + self.anchors.expanded + anchor.size > MAX_NODES:
            self.too_many(place)
        else:
            self.anchors.use(anchor, depth)
            return anchor
        return Anchor(None)

    def broken(self, problem: Problem) -> None:
        """Record the problem at which the text ends being YAML.

        What then seems to lack a value on that line does not: those problems go.
        """
        line = problem.origin and problem.origin.line
        while self.problems and self.problems[-1].code == "empty-value":
            last = self.problems[-1].origin
            if last is None or last.line != line:
                break
            del self.problems[-1]
        self.problems.append(problem)

    def too_deep(self, place: int) -> NoReturn:
        """Refuse the rest of the file, as a value at `place` is nested too deep."""
        self._stop("limit-depth", _DEPTH, place)

    def too_many(self, place: int) -> NoReturn:
        """Refuse the rest of the file, from the node at `place` on."""
        self._stop("limit-nodes", _NODES, place)

    def _in_template(self) -> bool:
        """Tell whether what is wrong here is only that an expression in double braces reads as a mapping."""
        return bool(self.problems) and self.problems[-1].message is _TEMPLATE

    def _drop(self, code: str, message: str, at: int | None = None, *, nested: bool = False) -> Dropped:
        self.dropped = True
        at = len(self.marks.places) - 1 if at is None else at
        self._add(code, message, self.marks.places[at])
        return Dropped(at, nested=nested)

    def _stop(self, code: str, message: str, place: int) -> NoReturn:
        self._add(code, message, place)
        raise StopReading

    def _add(self, code: str, message: str, place: int) -> None:
        origin = self.marks.lines.origin(place)
        self.problems.append(Problem(code, message, origin))
        if len(self.problems) == MAX_PROBLEMS:
            self.problems.append(Problem("limit-problems", LIMIT_PROBLEMS, origin))
            raise StopReading
