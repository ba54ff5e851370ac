"""Live values that a server may show and nobody expects, and objects that have one in each field."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import reduce
from typing import Any

from reconcile.fields.table import Row, Table

TEXTS = (
    *("", " ", "\t", "\n", "\r\n", "\u00a0", " before", "behind ", "a\u00a0b", "two\nlines\n", "\ufeffmark"),
    *(
        "nul\x00",
        "bell\x07",
        "\x1b[31m",
        "\x7f",
        "\u0085",
        "\u2028",
        "\u200b",
        "\u202e",
        "\ufffd",
        "\U0001f682",
    ),
    *(
        "yes",
        "no",
        "on",
        "off",
        "y",
        "null",
        "~",
        "true",
        "False",
        "<<",
        "=",
        ".inf",
        ".nan",
        "12:30",
        "1_000",
    ),
    *("1.10", "012", "0o17", "0x1F", "1e3", "-7", "9" * 30, "4711", "2026-12-01", "2026-12-01T09:00:00"),
    *("2026-12-01T09:00:00Z", "2026-13-45T99:00:00Z", "---", "...", "- a", "a: b", ": ", "a #b", "#", "? a"),
    *("{named: x}", "{var: y}", "{env: PATH}", "{{ x }}", "${x}", "[a", "&a", "*a", "!t", "%d", "@a", "`a`"),
    *("'q'", '"q"', "\\", "\\n", "a\\u0041", "##[x]", "::x", "x" * 3000, "é" * 400, "STARTED", "not started"),
    *("PAUSED", "LATER_STATUS", "started", "ri.a..b", "ri.foundry.main.dataset.a", "../..", "a/b", "MONTHS"),
    *(
        "0 0 0 1-5W * ?",
        "0 15 10 1,L * ?",
        "0 0 2 ? * *;",
        "0 0 2 * * *",
        "@daily",
        "0 6 15W * ?",
        "* * * * *",
    ),
)
DEEP: Any = reduce(lambda inner, level: {"a": [inner]}, range(28), 1)
"""As deep as an answer may be, and deeper than a manifest can hold it."""

VALUES: tuple[Any, ...] = (
    *TEXTS,
    *(None, True, False, 0, -1, 3, 7.0, 1.5, 1e300, 10**25, [], {}, [None], ["a", 1], [["a"]], [{}]),
    *({"named": "x"}, {"var": "y"}, {"a": {"env": "PATH"}}, {"type": "later", "of": {"deep": [1, None]}}),
    *({"type": "time"}, {"type": None}, {"type": "or", "triggers": [{"type": "streamUpdated"}]}, DEEP),
    *({"k" * 2000: 1}, {"a: b": "x", "- c": [], "#": {}}, {"": {"type": "\U0001f682"}}, {"sensitive": True}),
    {"type": "time", "cronExpression": "0 6 15W * ?", "timeZone": "UTC+2"},
    {"type": "time", "cronExpression": "60 6 * * *", "timeZone": "Mars/Base"},
    {"type": "manual", "targetRids": ["no rid"]},
    {"value": "1", "unit": "MONTHS"},
)


def places(table: Table, spec: Any, around: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of each field of a spec, and of the fields inside it; of a list, in its first entry.

    What says where a server was asked is what was asked for, whatever that is.
    """
    for row in (row for row in table.rows.values() if not row.asked):
        yield (*around, row.name)
        yield from _inside(row, spec.get(row.name), (*around, row.name))


def _inside(row: Row, value: Any, around: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if row.table is not None and row.shape == "object" and isinstance(value, dict):
        yield from places(row.table, value, around)
    elif row.table is not None and isinstance(value, list) and value:
        yield from places(row.table, value[0], (*around, 0))


def put(spec: Any, place: tuple[Any, ...], value: Any) -> Any:
    """Return a copy of a spec with the value at the place."""
    found = copy.deepcopy(spec)
    inner = found
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return found
