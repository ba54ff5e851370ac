"""Explains kinds, fields, the project file, codes and other topics; printing is left to the command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from reconcile.explain import kind_pages
from reconcile.explain.topics import Topics, codes, topics
from reconcile.model import Json
from reconcile.provider.kinds import Catalogue
from reconcile.suggest import nearest


class Explained(NamedTuple):
    """Hold what is said of a topic: as text, and as plain values for a program."""

    text: str
    facts: Mapping[str, Json]


def explain(topic: str | None, catalogue: Catalogue, more: Topics | None = None) -> Explained:
    """Return the page of a topic: a kind or field, a part of a file, a code; for none, the list of topics.

    `more` are topics that the caller adds. LookupError names the nearest where there is no such topic.
    """
    every = {**topics(catalogue), **(more or {})}
    if topic is None:
        text = "\n".join(_listed(every, catalogue))
        return Explained(text, {"kinds": kind_pages.facts(None, catalogue), "topics": [*every]})
    found = {name.casefold(): name for name in every}.get(topic.casefold())
    if found is not None:
        text = every[found]()
        return Explained(text, {"topic": found, "text": text})
    try:
        return Explained(kind_pages.pages(topic, catalogue), {"kinds": kind_pages.facts(topic, catalogue)})
    except kind_pages.NoSuchKind as error:
        near = nearest(topic, [*error.known, *every]) if topic.strip(" .") else None
        if near is None:
            raise LookupError(f"no topic `{topic}`: `reconcile explain` lists them") from error
        words = f"no topic `{topic}`" if near in every else str(error)
        raise LookupError(f"{words}; did you mean `{near}`?") from error


def _listed(every: Topics, catalogue: Catalogue) -> Iterator[str]:
    yield from kind_pages.kind_lines(catalogue)
    yield ""
    own = [name for name in every if "." not in name.removesuffix(".yaml") and name not in codes()]
    yield f"Other topics: {', '.join(own)}, and each problem code."
    yield "reconcile explain TOPIC says more; TOPIC.PART of a kind's field or a part of a file."
