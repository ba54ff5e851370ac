"""Reads which ref at which remote is the project's lock, or what is wrong with it; contacts nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from reconcile.fields.check import ValuePlace, value_at
from reconcile.model import Json, Origin, Problem
from reconcile.project.layers import Layers
from reconcile.project.values import NAME, LockPlace

_COMPONENT: Final = re.compile(r"(?!\.)(?!.*\.lock$)[^\x00-\x20\x7f~^:?*\[\\]+")
_PLACES: Final = ("refs/heads/", "refs/reconcile/")


def lock_there(layers: Layers) -> LockPlace | None:
    """Return the lock of a file that is in order; None where it has none here."""
    found = layers.merged("lock")
    remote = found.get("git")
    return (
        LockPlace(str(remote), found.get("ref"), layers.locate("lock", "git", value=True)) if remote else None
    )


def lock_problems(layers: Layers) -> Iterator[Problem]:
    """Yield what is wrong with the lock, in an environment that is not chosen too."""
    names = layers.document.value.get("environments") or {}
    every = [layers._replace(environment=name) for name in (None, *names)]
    places = dict.fromkeys(place for each in every for place in each.places)
    for place in places:
        entry = value_at(layers.document.value, (*place, "lock"))
        yield from _wrong(layers, (*place, "lock"), entry or {})
    for each in every:
        if each.merged("lock") and not each.merged("lock").get("git"):
            words = "`lock` lacks `git`: the name of a remote of your checkout, such as origin"
            yield Problem("lock", words, each.locate("lock"))
            return


def _wrong(layers: Layers, at: ValuePlace, entry: dict[str, Json]) -> Iterator[Problem]:
    git, ref = entry.get("git"), entry.get("ref")
    if git is not None and not NAME.fullmatch(git):
        words = "takes the name of a remote of your checkout, such as origin, and never a url or a path"
        yield Problem("lock", f"`git` {words}", _value(layers, (*at, "git")))
    if ref is not None and not _may_be_lock(ref):
        words = "takes the whole name of a ref of its own, such as refs/heads/reconcile-lock"
        yield Problem("lock", f"`ref` {words}", _value(layers, (*at, "ref")))


def _value(layers: Layers, place: ValuePlace) -> Origin:
    return layers.document.locate(place, value=True)


def _may_be_lock(name: str) -> bool:
    """Tell whether git takes a text for the whole name of a branch, or of a ref of ours."""
    inside = name.startswith(_PLACES) and ".." not in name and "@{" not in name and not name.endswith(".")
    return inside and all(map(_COMPONENT.fullmatch, name.split("/")))
