"""Finds a submodule's repository, checked out or where git keeps it; `objects` reads from it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from reconcile.git.asking import NoAnswer, ask
from reconcile.git.checkout import stands_at
from reconcile.git.objects import Objects
from reconcile.named_tuple import NamedTuple

_PARTIAL = "this clone is partial: clone it without --filter"


class Repository(NamedTuple):
    """Describe a repository that holds a part of what is read."""

    top: str
    """The folder in the work tree where it begins; it need not be there now."""

    objects: Objects
    folder: str
    """Where git is asked about it, with `options`."""

    options: tuple[str, ...] = ()


def repository(top: str, seconds: float) -> Repository:
    """Return the repository that is checked out at `top`."""
    return Repository(top, Objects(top, (), seconds), top)


def submodules(outer: Repository, top: str, listed: bytes, seconds: float) -> Iterator[Repository]:
    """Yield each repository that may be the one of the submodule at `top`; `listed` is `.gitmodules`."""
    if os.path.lexists(os.path.join(top, ".git")) and stands_at(top):
        yield repository(top, seconds)
    try:
        common = os.fsdecode(ask(outer.folder, *outer.options, "rev-parse", "--git-common-dir")[:-1])
        names = [os.path.relpath(top, outer.top), *_names(outer, top, listed)]
    except NoAnswer:
        return
    for name in dict.fromkeys(names):
        kept = os.path.join(outer.folder, common, "modules", name)
        if ".." not in name.split("/") and not os.path.isabs(name) and os.path.isdir(kept):
            options = (f"--git-dir={kept}", f"--work-tree={kept}")
            yield Repository(top, Objects(kept, options, seconds), kept, options)


def _names(outer: Repository, top: str, listed: bytes) -> Iterator[str]:
    """Yield the names by which `.gitmodules` calls the submodule at `top`."""
    wanted = os.fsencode(os.path.relpath(top, outer.top))
    asked = ("config", "--file", "-", "-z", "--get-regexp", r"^submodule\..*\.path$")
    for entry in ask(outer.folder, *outer.options, *asked, send=listed).split(b"\0") if listed else ():
        key, _, path = entry.partition(b"\n")
        if path == wanted:
            yield os.fsdecode(key.removeprefix(b"submodule.").removesuffix(b".path"))


def missing(of: Repository, name: str) -> str:
    """Return why an object may not be there, and what to do."""
    todo = _PARTIAL if _is_partial(of) else "git fetch it, or see git fsck"
    return f"git lacks the object {name.partition('^')[0]}: {todo}"


def failure(of: Repository, error: NoAnswer) -> str:
    """Return why git gave no answer: a partial clone ends git at the first object that it lacks."""
    return f"git lacks objects of it: {_PARTIAL}" if error.code and _is_partial(of) else error.words


def _is_partial(of: Repository) -> bool:
    try:
        return bool(ask(of.folder, *of.options, "config", "--get-regexp", r"^remote\..*\.promisor$"))
    except NoAnswer:
        return False
