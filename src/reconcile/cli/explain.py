"""Runs `reconcile explain`: prints the documentation of a kind, a field or another topic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import click

from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import Page
from reconcile.model import Json


@click.command("explain", cls=Page)
@click.argument("topic", required=False, metavar="[TOPIC]")
@flags("answer")
@click.pass_context
def command(ctx: click.Context, given: Flags, topic: str | None) -> None:
    """Explain a kind or one of its fields, a part of reconcile.yaml or metadata, a flag, a code.

    Without a TOPIC, list them. Exit codes: 0; 64 no such topic.
    """
    from reconcile.cli.output import answer
    from reconcile.explain import Added, explain
    from reconcile.systems import Installed

    try:
        page = explain(topic, Installed(), _flag_topics(ctx), Added(_facts, _imported))
    except LookupError as error:
        raise click.UsageError(str(error.args[0])) from error
    answer(given, page.text, page.facts)


def _facts() -> Sequence[Mapping[str, Json]]:
    """Return what packages add; only a topic that may be about one looks for them."""
    from reconcile.session.type_list import facts_of_packages

    return facts_of_packages()


def _imported(topic: str) -> None:
    from reconcile.session.type_list import imported_for

    imported_for(topic)


def _flag_topics(ctx: click.Context) -> Mapping[str, Callable[[], str]]:
    """Return the page of all flags, and `flags.NAME` of each."""
    from reconcile.cli.help_page import flag_words
    from reconcile.explain.topics import table

    words = flag_words(ctx)
    each = {f"flags.{flag.lstrip('-')}": partial(table, flag, about, {}) for flag, about in words.items()}
    return {"flags": partial(table, "flags", "The flags, each with what takes it.", words), **each}
