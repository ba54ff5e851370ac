"""Explains kinds, fields, the project file, codes and other topics; printing is left to the command."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from reconcile.explain import kind_pages
from reconcile.explain.topics import Topics, codes, topics
from reconcile.model import Json
from reconcile.named_tuple import NamedTuple
from reconcile.provider.kinds import Catalogue
from reconcile.suggest import nearest

_SAID = ("apiVersion", "kind", "summary")


class Explained(NamedTuple):
    """Hold what is said of a topic: as text, and as plain values for a program."""

    text: str
    facts: Mapping[str, Json]


class Added(NamedTuple):
    """Say what installed packages add to the catalogue, asked for only where a topic may be about it."""

    facts: Callable[[], Sequence[Mapping[str, Json]]] = lambda: ()
    """What there is to know of each of their types."""

    meant: Callable[[str], None] = lambda topic: None
    """Puts those types into the catalogue that a topic is about."""


def explain(
    topic: str | None, catalogue: Catalogue, more: Topics | None = None, added: Added | None = None
) -> Explained:
    """Return the page of a topic: a kind or field, a part of a file, a code; for none, the list of topics.

    `more` are topics that the caller adds. LookupError names the nearest where there is no such topic.
    """
    added = added or Added()
    every = {**topics(catalogue, added.facts), **(more or {})}
    if topic is None:
        facts = [each for each in added.facts() if each["type"] not in {*catalogue}]
        text = "\n".join(_listed(every, catalogue, facts))
        kinds = [{name: kind[name] for name in _SAID} for each in facts for kind in each["kinds"]]
        return Explained(text, {"kinds": [*kind_pages.facts(None, catalogue), *kinds], "topics": [*every]})
    found = {name.casefold(): name for name in every}.get(topic.casefold())
    if found is not None:
        text = every[found]()
        return Explained(text, {"topic": found, "text": text})
    added.meant(topic)
    try:
        return Explained(kind_pages.pages(topic, catalogue), {"kinds": kind_pages.facts(topic, catalogue)})
    except kind_pages.NoSuchKind as error:
        near = nearest(topic, [*error.known, *every]) if topic.strip(" .") else None
        if near is None:
            raise LookupError(f"no topic `{topic}`: `reconcile explain` lists them") from error
        words = f"no topic `{topic}`" if near in every else str(error)
        raise LookupError(f"{words}; did you mean `{near}`?") from error


def _listed(every: Topics, catalogue: Catalogue, added: Sequence[Mapping[str, Json]]) -> Iterator[str]:
    yield from kind_pages.kind_lines(catalogue)
    for each in added:
        for kind in each["kinds"]:
            yield kind_pages.kind_line(f"{each['type']}/{kind['kind']}", kind["summary"])
    yield ""
    own = [name for name in every if "." not in name.removesuffix(".yaml") and name not in codes()]
    yield f"Other topics: {', '.join(own)}, and each problem code."
    yield "reconcile explain TOPIC says more; TOPIC.PART of a kind's field or a part of a file."
