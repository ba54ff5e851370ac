"""Draws values and a YAML text that spells them, in every style in which people write them."""

from __future__ import annotations

import random
from typing import Any

from reconcile.yaml_source.scalars import ScalarError, resolve

TEXTS = (
    "plain",
    "two words",
    "true",
    "1.10",
    "007",
    "~",
    "",
    " leading",
    "trailing ",
    "it's",
    'say "x"',
    "a: b",
    "a #b",
    "#c",
    "- d",
    "[x",
    "{y}",
    "*z",
    "&w",
    "!v",
    "%u",
    "@t",
    "`s`",
    "é ü",
    "日本",
    "tab\there",
    "line\nline",
    "line\n\nline\n",
    "end\n\n",
    "\x07bell",
    "\u2028sep",
    "back\\slash",
    "0 0 2 ? * MON-FRI",
    "x, y",
    "key:",
    "=",
    "<<",
    "long " * 30,
    "\nfirst",
    "null",
    "0x1F",
    "2026-12-24",
    "12:30",
    "\x85",
    "a\rb",
    "\ufeffbom",
    "no\xa0break",
)
KEYS = ("alpha", "beta", "gamma", "with blank", "x-y", "delta", "eps", "1", "true")
COMMENTS = ("", "", "", "  # why", " # a: b", "  # 'q")


class Hand(random.Random):
    """Draw as one writer does, who leaves blank lines, or keeps those at the end of a block."""

    keeps = False


def scalar_value(draw: random.Random) -> Any:
    return draw.choice((*TEXTS, 0, 1, -5, 14321, True, False, None))


def value_like(draw: random.Random, old: Any) -> Any:
    """Draw a value that differs from `old`, mostly of its shape."""
    while True:
        new = (
            _value(draw, 2) if draw.random() < 0.3 or not isinstance(old, dict | list) else _varied(draw, old)
        )
        if repr(new) != repr(old):
            return new


def _varied(draw: random.Random, old: Any) -> Any:
    if isinstance(old, dict):
        kept = {key: value for key, value in old.items() if draw.random() < 0.7}
        return kept | {key: _value(draw, 1) for key in draw.sample(KEYS, 2)}
    return [value for value in old if draw.random() < 0.7] + [_value(draw, 1)]


def _value(draw: random.Random, depth: int) -> Any:
    kind = draw.random()
    if depth == 0 or kind < 0.5:
        return scalar_value(draw)
    if kind < 0.75:
        return {key: _value(draw, depth - 1) for key in draw.sample(KEYS, draw.randrange(4))}
    return [_value(draw, depth - 1) for _ in range(draw.randrange(4))]


def styled(draw: Hand) -> tuple[list[Any], str]:
    """Draw one to three documents, and a text that spells them."""
    values = [
        {key: _value(draw, 3) for key in draw.sample(KEYS, draw.randrange(1, 5))}
        for _ in range(draw.choice((1, 1, 2, 3)))
    ]
    return values, spelled(draw, values)


def spelled(draw: Hand, values: list[Any]) -> str:
    """Draw a text that spells these values, a document each."""
    draw.keeps = draw.random() < 0.5
    texts = [_below(draw, value, 0, first="").lstrip("\n") for value in values]
    opening = draw.choice(("", "# top\n", "---\n", "# top\n\n--- # one\n"))
    text = opening + draw.choice(("---\n", "# last\n---\n# next\n", "...\n---\n")).join(texts)
    text += draw.choice(("", "# end\n", "...\n"))
    if draw.random() < 0.2 and not text.endswith("...\n"):
        text = text.rstrip("\n") if not _keeps(text) else text
    return text.replace("\n", "\r\n") if draw.random() < 0.25 else text


def _keeps(text: str) -> bool:
    return "|+" in text or "|\n" in text or "|  #" in text


def _below(draw: Hand, value: Any, indent: int, first: str) -> str:
    """Return what follows a key's colon or a dash, to the end of its last line."""
    if isinstance(value, dict) and value and draw.random() < 0.7:
        step = indent
        return "\n" + "".join(_entry(draw, key, part, step) for key, part in value.items())
    if isinstance(value, list) and value and draw.random() < 0.7:
        return draw.choice(COMMENTS) + "\n" + "".join(_item(draw, part, indent) for part in value)
    if isinstance(value, dict | list):
        return f" {_flow(draw, value, indent)}{draw.choice(COMMENTS)}\n"
    return _scalar(draw, value, indent)


def _entry(draw: Hand, key: str, part: Any, indent: int) -> str:
    above = draw.choice(("", "", "", "# above\n", "" if draw.keeps else "\n"))
    margin = " " * indent
    written = _quoted(draw, key, in_flow=False) if draw.random() < 0.2 else _plain_key(key)
    step = indent if isinstance(part, list) and draw.random() < 0.3 else indent + draw.choice((2, 2, 4))
    return (
        margin + above if above.startswith("#") else above
    ) + f"{margin}{written}:{_below(draw, part, step, '')}"


def _plain_key(key: str) -> str:
    return key


def _item(draw: Hand, part: Any, indent: int) -> str:
    margin, gap = " " * indent, " " * draw.choice((1, 1, 3))
    above = margin + "# item\n" if draw.random() < 0.2 else ""
    if isinstance(part, dict) and part and draw.random() < 0.7:
        inner = indent + 1 + len(gap)
        lines = "".join(_entry(draw, key, value, inner) for key, value in part.items()).lstrip("\n")
        if lines.lstrip().startswith("#"):
            return f"{above}{margin}-\n{lines}"
        return f"{above}{margin}-{gap}{lines[inner:]}"
    return f"{above}{margin}-{_below(draw, part, indent + 2, '')}"


def _flow(draw: Hand, value: Any, indent: int) -> str:
    if not isinstance(value, dict | list):
        return _quoted(draw, value, in_flow=True)
    parts = (
        [f"{_quoted(draw, key, in_flow=True)}: {_flow(draw, part, indent)}" for key, part in value.items()]
        if isinstance(value, dict)
        else [_flow(draw, part, indent) for part in value]
    )
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    if parts and draw.random() < 0.2:
        line = "\n" + " " * (indent + 2)
        note = "  # part" if draw.random() < 0.5 else ""
        comma = "," if draw.random() < 0.3 else ""
        return (
            opening
            + f"{line}"
            + f",{note}{line}".join(parts)
            + comma
            + note
            + f"\n{' ' * (indent + 1)}{closing}"
        )
    room = draw.choice(("", "", " ")) if parts else ""
    return f"{opening}{room}{draw.choice((', ', ','))[:1] and ', '.join(parts)}{room}{closing}"


def _scalar(draw: Hand, value: Any, indent: int) -> str:
    if isinstance(value, str) and draw.random() < 0.3 and (written := _block(value, max(indent, 1), draw)):
        return written
    return f" {_quoted(draw, value, in_flow=False)}{draw.choice(COMMENTS)}\n"


def _block(text: str, indent: int, draw: Hand) -> str:
    body = text.rstrip("\n")
    if not body or body[0] in " \n\t" or any(not sign.isprintable() and sign != "\n" for sign in text):
        return ""
    if any(line.isspace() for line in body.split("\n")) or (text.endswith("\n\n") and not draw.keeps):
        return ""
    tail = len(text) - len(body)
    sign = {0: "-", 1: ""}.get(tail, "+")
    lines = [" " * indent + line if line else "" for line in body.split("\n")]
    if draw.random() < 0.4 and tail < 2 and "\n" not in body and body == body.strip():
        words = body.split(" ")
        cut = draw.randrange(len(words))
        if cut and "" not in words:
            lines = [" " * indent + " ".join(words[:cut]), " " * indent + " ".join(words[cut:])]
        return f" >{sign}{draw.choice(COMMENTS)}\n" + "\n".join(lines) + "\n"
    return f" |{sign}{draw.choice(COMMENTS)}\n" + "\n".join(lines) + "\n" * max(1, tail)


def _quoted(draw: random.Random, value: Any, *, in_flow: bool) -> str:
    if not isinstance(value, str):
        return (
            {None: "null", True: "true", False: "false"}.get(value, str(value))
            if not isinstance(value, int) or isinstance(value, bool)
            else str(value)
        )
    styles = [_double]
    if value.isprintable():
        styles.append(_single)
        if _may_be_plain(value):
            styles += [str, str]
    return draw.choice(styles)(value)


def _may_be_plain(value: str) -> bool:
    try:
        is_text = bool(value) and isinstance(resolve(value), str)
    except ScalarError:
        return False
    return is_text and value == value.strip() and not set(value) & set(":#,[]{}&*!|>'\"%@`=<?-\\\u00a0\ufeff")


def _single(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _double(value: str) -> str:
    signs = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(signs.get(s) or (s if s.isprintable() else f"\\u{ord(s):04X}") for s in value) + '"'
