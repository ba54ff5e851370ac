"""Runs `reconcile systems`: lists the types of system that are installed, and which package each is of."""

from __future__ import annotations

from collections.abc import Iterator

import click

from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page
from reconcile.model import Json


@click.command("systems", cls=Page)
@flags("answer")
def command(given: Flags) -> None:
    """List the types of system that are built in or installed, with their packages and kinds.

    A package that cannot be used is listed with the reason; it hurts only a project that names its type.
    Exit codes: 0; 64 usage.
    """
    from reconcile.cli.console import SINK
    from reconcile.cli.output import answer

    found = [*_built_in(), *_added()]
    width = max(len(str(each["type"])) for each in found) + 2
    lines = [SINK.inert(line) for each in found for line in _lines(each, width)]
    answer(given, "\n".join(lines), {"systems": found})


def _built_in() -> Iterator[dict[str, Json]]:
    from reconcile.session.type_facts import named_facts
    from reconcile.systems import BUILT_IN, Installed

    for type_ in BUILT_IN:
        yield _entry(named_facts(Installed()[type_]), type_)


def _added() -> Iterator[dict[str, Json]]:
    from reconcile.session.type_list import added_types

    for each in added_types():
        more = {"package": each.offer.package.name, "version": each.offer.package.version}
        entry = _entry(each.facts or {}, each.offer.type)
        yield {**entry, **more, "problem": each.problem or None, "remarks": [*each.remarks]}


def _entry(facts: dict[str, Json] | Json, type_: str) -> dict[str, Json]:
    kinds = [
        {name: kind[name] for name in ("apiVersion", "kind", "summary")} for kind in facts.get("kinds", ())
    ]
    return {
        "type": type_,
        "title": facts.get("title"),
        "package": None,
        "version": None,
        "kinds": kinds,
        "problem": None,
        "remarks": [],
    }


def _lines(entry: dict[str, Json], width: int) -> Iterator[str]:
    package = f"{entry['package']} {entry['version']}" if entry["package"] else "built in"
    kinds = ", ".join(f"{kind['apiVersion']} {kind['kind']}" for kind in entry["kinds"])
    yield f"{entry['type'] or '?':<{width}}{package:<24}  {kinds}".rstrip()
    yield from (f"{'':<{width}}cannot be used: {entry['problem']}" for _ in filter(None, [entry["problem"]]))
    yield from (f"{'':<{width}}{remark}" for remark in entry["remarks"])
