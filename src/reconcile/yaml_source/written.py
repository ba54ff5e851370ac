"""Decides how a value is written as YAML, in the style of what stands there; where it goes `edits` says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO

from yaml.emitter import Emitter

from reconcile.build_logs import COMMAND, is_command
from reconcile.model import Json
from reconcile.named_tuple import NamedTuple
from reconcile.yaml_source.nodes import NO_NODE, Node
from reconcile.yaml_source.scalars import ScalarError, resolve


class Place(NamedTuple):
    """Describe where a value is written: the column that its lines keep to, and whether in brackets."""

    indent: int
    in_flow: bool

    def deeper(self, by: int = 2) -> Place:
        """Return the place of what stands below."""
        return self._replace(indent=self.indent + by)


def scalar(value: Json, place: Place, like: Node) -> str:
    """Return a scalar in the style of the node `like`, or in the nearest style that can hold it."""
    if not isinstance(value, str):
        return json.dumps(value)
    return next(_spellings(value, place, like))


def inline(value: Json, place: Place, like: Node) -> str:
    """Return a value on one line, collections in brackets, each part in the style of its like in `like`."""
    place = place._replace(in_flow=True)
    room = " " if like.style == "{" and like.children and like.children[0].start > like.start + 1 else ""
    match value:
        case dict():
            parts = [
                f"{scalar(key, place, NO_NODE)}: {inline(item, place, like.child(key) or NO_NODE)}"
                for key, item in value.items()
            ]
            return f"{{{room}{', '.join(parts)}{room}}}" if parts else "{}"
        case list():
            first = like.children[0] if like.is_list and like.children else NO_NODE
            return f"[{', '.join(inline(item, place, first) for item in value)}]"
    return scalar(value, place, like if not like.children else NO_NODE)


def block(value: Json, place: Place, like: Node) -> str:
    """Return a value as what follows a key's colon: on the same line, or on lines below it."""
    lines = "\n" + " " * place.indent
    if isinstance(value, dict) and value and not like.is_flow:
        return lines + lines.join(entries(value, place, like))
    if isinstance(value, list) and value and not like.is_flow:
        first = like.children[0] if like.is_list and like.children else NO_NODE
        return lines + lines.join(item(part, place, first) for part in value)
    if isinstance(value, dict | list):
        return " " + inline(value, place, like)
    return " " + scalar(value, place, like if not like.children else NO_NODE)


def entries(value: dict[str, Json], place: Place, like: Node) -> Iterator[str]:
    """Return the lines of a mapping's entries, one text an entry, without the first indent."""
    for key, part in value.items():
        yield f"{scalar(key, place, NO_NODE)}:{block(part, place.deeper(), like.child(key) or NO_NODE)}"


def item(value: Json, place: Place, like: Node, dash: str = "- ") -> str:
    """Return an item of a block list, its dash before it, in the style of the item `like`."""
    inside = place.deeper(len(dash))
    if isinstance(value, dict) and value and not like.is_flow:
        return dash + ("\n" + " " * inside.indent).join(entries(value, inside, like))
    if isinstance(value, dict | list):
        return dash + inline(value, inside, like)
    return dash + scalar(value, inside, like if not like.children else NO_NODE)


def double_quoted(text: str) -> str:
    """Return a text in double quotes, what nobody sees and what a build server would obey as escapes."""
    signs = (sign if sign.isprintable() else _escape(sign) for sign in json.dumps(text, ensure_ascii=False))
    return COMMAND.sub(lambda found: _escape(found[0]) if found[0] == "#" else found[0], "".join(signs))


def _escape(sign: str) -> str:
    return f"\\u{ord(sign):04X}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08X}"


def _spellings(text: str, place: Place, like: Node) -> Iterator[str]:
    analysis = Emitter(StringIO(), allow_unicode=True).analyze_scalar(text)
    can_stand = text.replace("\n", "").isprintable() and not is_command(text)
    if like.style == "|" and can_stand and not place.in_flow and (written := _literal(text, place)):
        yield written
    if like.style == ">" and can_stand and not place.in_flow and (written := _folded(text, place)):
        yield written
    may_be_plain = analysis.allow_flow_plain if place.in_flow else analysis.allow_block_plain
    if like.style == "" and can_stand and may_be_plain and _is_plain(text):
        yield text
    if like.style == "'" and can_stand and analysis.allow_single_quoted and not analysis.multiline:
        yield "'" + text.replace("'", "''") + "'"
    yield double_quoted(text)


def _is_plain(text: str) -> bool:
    """Tell whether a plain scalar means `text`; one that looks like a number never does."""
    try:
        return bool(text) and isinstance(resolve(text), str)
    except ScalarError:
        return False


def _literal(text: str, place: Place) -> str:
    body = text.rstrip("\n")
    lines = body.split("\n")
    if not lines[0].strip() or lines[0][0] == " " or any(line.isspace() for line in lines):
        return ""
    trailing = len(text) - len(body)
    sign = {0: "|-", 1: "|"}.get(trailing, "|+")
    margin = "\n" + " " * place.indent
    kept = "".join(margin + line if line else "\n" for line in lines)
    return sign + kept + "\n" * max(0, trailing - 1)


def _folded(text: str, place: Place) -> str:
    body = text.rstrip("\n")
    lines = body.split("\n")
    trailing = len(text) - len(body)
    if not body or trailing > 1 or any(not line or line[0] == " " or line != line.rstrip() for line in lines):
        return ""
    margin = "\n" + " " * place.indent
    return (">" if trailing else ">-") + ("\n" + margin).join(("", *lines)).removeprefix("\n")
