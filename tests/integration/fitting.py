"""Says where something is not as a scenario expects it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any


def misfits(expected: Any, found: Any, place: str = "") -> Iterator[str]:
    """Each place where `found` is not as expected.

    A mapping expects only the keys that it has, a list exactly its entries, in their order. A text between
    slashes is a regular expression; any other value expects itself.
    """
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            if key not in found:
                yield f"{place}.{key} is missing, expected {value!r}"
            else:
                yield from misfits(value, found[key], f"{place}.{key}")
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield f"{place} has {len(found)} entries, expected {len(expected)}: {found!r}"
        for index, (value, inner) in enumerate(zip(expected, found, strict=False)):
            yield from misfits(value, inner, f"{place}[{index}]")
    elif not _same(expected, found):
        yield f"{place} is {found!r}, expected {expected!r}"


def _same(expected: Any, found: Any) -> bool:
    if isinstance(expected, str) and len(expected) > 2 and expected[0] == expected[-1] == "/":
        return isinstance(found, str) and re.search(expected[1:-1], found) is not None
    return type(expected) is type(found) and bool(expected == found)


def planned_as(planned: Any, sent: Any) -> bool:
    """Whether a body on the wire is the plan's, which has a word for a secret and for an id still to come."""
    if isinstance(planned, dict) and len(planned) == 1 and next(iter(planned)) in {"sensitive", "unknown"}:
        return sent is not None
    if isinstance(planned, dict):
        return isinstance(sent, dict) and planned.keys() == sent.keys() and all(
            planned_as(value, sent[key]) for key, value in planned.items()
        )  # fmt: skip
    if isinstance(planned, list):
        return isinstance(sent, list) and len(planned) == len(sent) and all(map(planned_as, planned, sent))
    return type(planned) is type(sent) and bool(planned == sent)
