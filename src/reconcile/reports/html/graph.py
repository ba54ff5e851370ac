"""Draws the operations as a graph: a lane for each system, each operation right of what it waits for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from reconcile.named_tuple import NamedTuple
from reconcile.planfile.document_parts import DocumentOperation
from reconcile.reports.common.code_spans import clipped
from reconcile.reports.common.escape import inert

ONE_BY_ONE = 24
"""Up to this many operations have a box each; of more, those that begin together in one system share one."""

_STEPS = 8
_TOLD = 60
"""How many boxes are told in words."""

_WIDE, _HIGH, _GAP, _LANE = 200, 40, 40, 118


class Box(NamedTuple):
    """Hold one operation, or several that begin together, and where the box for them is drawn."""

    system: str
    title: str
    note: str
    x: int
    y: int


def drawn(operations: Sequence[DocumentOperation]) -> Iterator[str]:
    """Yield the graph as inline SVG, with its order in words; nothing where there is no operation."""
    if not operations:
        return
    placed, lanes = _placed(operations)
    boxes = [box for box, _ in placed.values()]
    width = max(box.x for box in boxes) + _WIDE + 10
    height = max(box.y for box in boxes) + _HIGH + 14
    yield '<section aria-labelledby="order">\n<h2 id="order">The order</h2>'
    yield f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-labelledby="order-words">'
    yield f'<title id="order-words">{escape(_words(placed))}</title>'
    for system, y in lanes.items():
        yield f'<text class="lane" x="4" y="{y + 25}">{escape(clipped(inert(system), 14))}</text>'
    yield from _lines(operations, placed)
    yield from map(_box, boxes)
    yield "</svg>"
    yield f'<ol class="steps">{"".join(map(_step, _in_order(placed)))}</ol>\n</section>'


def _step(told: str) -> str:
    """Return one step of the order in words, which a narrow page shows in place of the graph."""
    return f"<li>{escape(inert(told))}</li>"


def _in_order(placed: Placed) -> list[str]:
    boxes = [(key[0] + 1, box) for key, (box, _) in sorted(placed.items())][:_TOLD]
    return [f"step {step}, {box.system}: {box.title} ({box.note})" for step, box in boxes]


Placed = dict[tuple[int, str, str], tuple[Box, list[DocumentOperation]]]


def _placed(operations: Sequence[DocumentOperation]) -> tuple[Placed, dict[str, int]]:
    """Return a box for each group of operations, and where the lane of each system begins."""
    groups: dict[tuple[int, str, str], list[DocumentOperation]] = {}
    for key, operation in zip(_keys(operations), operations, strict=True):
        groups.setdefault(key, []).append(operation)
    lanes: dict[str, int] = {}
    boxes: dict[tuple[int, str, str], Box] = {}
    y = 8
    for system in dict.fromkeys(system for _, system, _ in groups):
        lanes[system] = y
        rows: dict[int, int] = {}
        for key, group in groups.items():
            if key[1] == system:
                row = rows[key[0]] = rows.get(key[0], -1) + 1
                boxes[key] = Box(
                    system, *_told(group), _LANE + key[0] * (_WIDE + _GAP), y + row * (_HIGH + 8)
                )
        y += max(rows.values()) * (_HIGH + 8) + _HIGH + 22
    return {key: (boxes[key], group) for key, group in groups.items()}, lanes


def _keys(operations: Sequence[DocumentOperation]) -> Iterator[tuple[int, str, str]]:
    """Yield the group of each operation: its step, its system, and its address where operations are few."""
    steps: dict[str, int] = {}
    for operation in operations:
        address = operation.address
        step = 1 + max((steps.get(need, -1) for need in operation.needs), default=-1)
        steps[address] = min(step, _STEPS - 1)
        own = address if len(operations) <= ONE_BY_ONE else ""
        yield steps[address], address.partition("/")[0], own


def _told(group: Sequence[DocumentOperation]) -> tuple[str, str]:
    first, actions = group[0], [operation.action for operation in group]
    labels = [change.label for operation in group for change in operation.changes]
    worst = "".join(f", {labels.count(label)} {label}" for label in ("conflict", "drift") if label in labels)
    if len(group) == 1:
        return first.address.partition("/")[2], first.action + worst
    counts = ", ".join(f"{actions.count(action)} {action}" for action in dict.fromkeys(actions))
    return f"{len(group)} operations", counts + worst


def _words(placed: Placed) -> str:
    return inert("; ".join(_in_order(placed)))


def _lines(operations: Sequence[DocumentOperation], placed: Placed) -> Iterator[str]:
    """Yield a line between two boxes where an operation in the one waits for an operation in the other."""
    home = {operation.address: key for key, (_, group) in placed.items() for operation in group}
    pairs = {
        (home[need], home[operation.address])
        for operation in operations
        for need in operation.needs
        if need in home and home[need] != home[operation.address]
    }
    for before, after in sorted(pairs):
        one, other = placed[before][0], placed[after][0]
        x, y, to, at = one.x + _WIDE, one.y + _HIGH // 2, other.x, other.y + _HIGH // 2
        middle = (x + to) // 2
        yield f'<path class="wait" d="M{x} {y} C{middle} {y} {middle} {at} {to} {at}"/>'


def _box(box: Box) -> str:
    kind = (
        "bad" if "conflict" in box.note or "delete" in box.note else "odd" if "drift" in box.note else "plain"
    )
    title, note = escape(clipped(inert(box.title), 27)), escape(clipped(inert(box.note), 33))
    return (
        f'<g class="box {kind}"><rect x="{box.x}" y="{box.y}" width="{_WIDE}" height="{_HIGH}" rx="5"/>'
        f'<text x="{box.x + 10}" y="{box.y + 17}">{title}</text>'
        f'<text class="note" x="{box.x + 10}" y="{box.y + 32}">{note}</text></g>'
    )
