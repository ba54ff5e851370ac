"""Plan documents to draw: any mixture of what a report can be asked to show, in hostile words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from tests.trust.figures import figure

from reconcile.model import Address, Change, Noted, Origin, Problem, Request
from reconcile.planfile.document import Document
from reconcile.planfile.write import RunInfo, document
from reconcile.planning.contents import (
    Blocked,
    KnownDifference,
    LiveWritten,
    Operation,
    Outcome,
    Plan,
    Revert,
    Taking,
    Undone,
    Unread,
)
from reconcile.planning.guards import Refusal

STRINGS = figure(test=300, mutants=300, deep=10_000)
"""How many hostile strings each format is shown; the larger number in `make deep`."""

PLANS = figure(test=60, mutants=60, deep=2_000)
"""How many plans are drawn where their shape decides."""

OF = RunInfo("0.1.0", "2026-12-01T09:00:00Z", environment="production", base="abc")
WORST = [
    "::error file=a,line=1::x", "\n::stop-commands::a", "##[error]x", "x\r\n::set-output name=a::b",
    "%0A::error::", "a ::error::b ::error::c " * 20, "##vso[task.setvariable variable=a]b", "##TeamCity[x]",
    "</script><script>alert(1)</script>", "<!-- --><b>", "-->", "--!>", "]]>", "<![CDATA[",
    "<img src=x onerror=alert(1)>",
    "</details>", "</code></summary>", "```", "````\n```", "~~~", "`a` | b", "a | b |\n|---|", "\\|",
    "\\`", "@octocat",
    "@org/team", "#1", "GH-1", "[x](https://evil.example)", "![x](https://evil.example/i.png)",
    "https://evil.example",
    "www.evil.example", "a@evil.example", "<https://evil.example>", "[ref]: https://evil.example",
    "&lt;b&gt;", "&#64;x",
    "\u202eabc", "\u2066a\u2069", "\x1b[31m", "\x1b]8;;https://evil.example\x07", "\x00", "\ufeff",
    "\ufffe", "\ud800",
    "\u2028", "\x85", "\U000e0041", "# x", "- x", "1. x", "> x", "    x", "***", "---", "{{x}}",
    "${{ secrets.X }}", "$(x)",
    "", " ", "`", "``", "` `", "\\", "'\"", "x" * 5_000, "`" * 300, "<" * 400, "\U0001f600" * 80,
]  # fmt: skip

words = (
    st.sampled_from(WORST)
    | st.text(st.sampled_from("`<>&|@#:[]()!*_-~\\/%\"'{}$=,. \n\r\tab1\u202e\x1b\u2028\ud800"), max_size=40)
    | st.text(max_size=30)
)
"""Texts that mean something to whoever renders one of the formats."""

_values = words | st.none() | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.just({"sensitive": True})
values: Any = _values | st.lists(_values, max_size=3) | st.dictionaries(words, _values, max_size=3)
"""Values as a document holds them."""


def _made(kind: Callable[..., Any], *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values of a kind by their parts; the fields after those keep their defaults."""
    return st.tuples(*parts).map(lambda given: kind(*given))


_origins = _made(Origin, words, st.integers(1, 99), st.integers(1, 99))
_addresses = _made(Address, words, words, words)
_labels = st.sampled_from([None, "change", "drift", "conflict"])


@st.composite
def _changes(draw: Any) -> Change:
    entry = draw(st.booleans())
    path = (draw(words), (draw(words),)) if entry else (draw(words),)
    after = None if entry and draw(st.booleans()) else draw(values)
    name = draw(st.none() | words)
    return Change(path, draw(values), after, draw(_origins), draw(_labels), False, entry, name)


_operations = _made(
    Operation,
    _addresses,
    st.sampled_from(["create", "update", "update", "delete", "run"]),
    st.none() | st.integers(),
    words,
    _origins,
    st.lists(_made(Request, words, st.sampled_from(["PUT", "POST"]), words), max_size=2).map(tuple),
    st.lists(_changes(), max_size=4).map(tuple),
)
_blocked = _made(Blocked, _addresses, st.tuples(words), values, values, words, _origins, _labels)
_noted = _made(Noted, _addresses, st.tuples(words), values, words, _origins)
_problems = _made(Problem, words, words, st.none() | _origins, st.sampled_from(["error", "warning"]))
_outcomes = _made(
    Outcome,
    _addresses,
    st.sampled_from(["done", "failed", "unknown", "unsettled", "refused", "skipped", "blocked"]),
    words,
    st.integers(0, 3),
    st.floats(0, 9),
    st.dictionaries(words, words, max_size=1),
)


_refusals = _made(
    Refusal,
    st.sampled_from(["conflict", "guard", "frozen"]),
    words,
    st.lists(_addresses, max_size=2).map(tuple),
)


def _few(of: Any) -> Any:
    return st.lists(of, max_size=4).map(tuple)


plans = _made(
    Plan,
    _few(_operations),
    _few(_blocked),
    _few(_noted),
    _few(_noted),
    _few(_noted),
    _few(_addresses),
    st.just(()) | _few(_problems),
    st.just(()) | _few(_made(Unread, _addresses, _problems)),
)


@st.composite
def documents(draw: Any, *, many: bool = False) -> Document:
    """The document of any run; of one with hundreds of operations where `many`."""
    plan = draw(plans)
    if many:
        times = draw(st.sampled_from([1, 1, 3, 40]))
        plan = plan._replace(operations=plan.operations * times, blocked=plan.blocked * times)
    outcomes = draw(st.none() | _few(_outcomes))
    of = RunInfo(
        "0",
        "0",
        draw(words),
        base=draw(st.none() | words),
        project_changes=draw(_few(_changes())),
        base_name=draw(st.none() | words),
        command=draw(st.sampled_from(["plan", "drift"])),
        would_refuse=draw(_few(_refusals)),
    )
    return document(plan, of, outcomes, draw(_few(words)))


def everywhere(text: str) -> Document:
    """The record of an apply with `text` in every place that a manifest or a server fills."""
    where, origin = Address(text, text, text), Origin(text, 3, 5)
    changes = (
        Change((text,), text, {text: [text, {"unknown": text}]}, origin, "conflict", name=text),
        Change((text, (text,)), {text: text}, None, origin, "drift", entry=True, name=text),
        Change((text, (text,)), None, {text: text}, origin, "change", entry=True),
    )
    request = Request(text, text, text, ((text, text),), {text: text})
    update = Operation(where, "update", text, text, origin, (request,), changes, (where,))
    update = update._replace(live_written=LiveWritten(text, text))
    noted = (Noted(where, (text,), text, text, origin),)
    plan = Plan(
        (
            update,
            update._replace(action="create"),
            update._replace(action="delete"),
            update._replace(action="run"),
        ),
        (Blocked(where, (text,), text, text, text, origin, "drift", live_written=LiveWritten(text, text)),),
        noted,
        noted,
        noted,
        (where,),
        (Problem(text, text, origin, "warning"),),
        (Unread(where, Problem("unreadable-live", text, origin._replace(line=9))),),
        (
            KnownDifference(where, (text,), text, text, text, True, origin),
            KnownDifference(where, (text,), text, text, text, False, origin),
        ),
    )
    takings: tuple[Taking, ...] = ("back", "moved", "already", "needs_prune", "cannot")
    undone = tuple(Undone(where, (text,), status, text, origin) for status in takings)
    plan = plan._replace(undone=undone, revert=Revert((text,), text))
    of = RunInfo(
        text,
        text,
        text,
        {text: {"type": text, "url": text}},
        text,
        base=text,
        selected=(text,) * 4,
        project_changes=changes,
        base_name=text,
        would_refuse=(Refusal("conflict", text, (where,), (where,)),),
    )
    return document(plan, of, [Outcome(where, "failed", text, 1, 0.1, {text: text})], [text])
