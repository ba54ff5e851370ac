"""Finds the checkout that holds the project, and says whether what `.reconcile` keeps may be believed; what
is done then is left to others.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from reconcile.git.asking import NoAnswer, ask
from reconcile.project import FILE

KEPT = ".reconcile"
_PLACE = re.compile(rb"(?s)(.+)\n(?:true|false)\n(?:([0-9a-f]{40}|[0-9a-f]{64})\n)?")
_ASKED = ("rev-parse", "--show-toplevel", "--is-inside-work-tree", "--revs-only", "HEAD")


class Checkout(NamedTuple):
    """Describe the work tree of the repository that holds the project as files."""

    top: str
    """Its absolute path, without links."""

    inside: str
    """The project's path from there; empty where it is the top itself."""

    head: str | None = None
    """The commit that is checked out; None before the first one."""

    def path(self, name: str = "") -> str:
        """Return a path of the project as it is called from the top."""
        return "/".join(filter(None, (self.inside, name)))


class NoCheckout(NamedTuple):
    """Say why git says nothing of the project."""

    kind: Literal["none", "silent", "refused"]
    """`none`: there is no repository. `silent`: git could not be asked. `refused`: git refuses it."""

    words: str
    """In git's own words, where it had any."""


Where: TypeAlias = Checkout | NoCheckout


def checkout(root: Path) -> Where:
    """Return where git keeps the project in `root`, or why it does not say.

    git is asked at the folder whose `.git` was found by looking for it, so that files which look like a
    repository, or a `.git` inside a folder whose files an outer checkout holds, are never taken for it.
    """
    real = os.path.realpath(root)
    tops = [*_tops(real)]
    for top in [*reversed(tops[1:])]:
        found = _asked(top, real, tops)
        if isinstance(found, Checkout) and _holds_project(found):
            return found
    for top in tops:
        found = _asked(top, real, tops)
        if found is not None:
            return found
    return _nowhere(real)


def _tops(real: str) -> Iterator[str]:
    """Yield the folders with a `.git`, from the project's own upwards."""
    folder = real
    while True:
        if os.path.lexists(os.path.join(folder, ".git")):
            yield folder
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above


def _asked(top: str, real: str, tops: list[str]) -> Where | None:
    """Return what git says at a folder; None where git passes over its `.git`, to one further up."""
    try:
        answer = _PLACE.fullmatch(ask(top, *_ASKED))
    except NoAnswer as error:
        return NoCheckout("refused" if error.code else "silent", error.words)
    if answer is None:
        return NoCheckout("silent", "git rev-parse answered what cannot be read")
    named = os.path.realpath(os.fsdecode(answer[1]))
    if named != top:
        elsewhere = f"git takes {named} for the top of what stands in {top}: see core.worktree"
        return None if named in tops else NoCheckout("refused", elsewhere)
    inside = os.path.relpath(real, top)
    return Checkout(top, "" if inside == "." else inside, answer[2].decode() if answer[2] else None)


def _holds_project(found: Checkout) -> bool:
    """Tell whether git tracks the project file itself there, as it does not track a submodule's files."""
    try:
        return bool(ask(found.top, "ls-files", "-z", "--", f":(literal,top){found.path(FILE)}"))
    except NoAnswer:
        return False


def _nowhere(real: str) -> NoCheckout:
    """Return why there is no repository although no `.git` was found: git is asked all the same."""
    try:
        ask(real, *_ASKED)
    except NoAnswer as error:
        none = error.code is not None and "not a git repository" in error.words
        return NoCheckout("none" if none else "silent", error.words)
    return NoCheckout("silent", "git takes for a repository what has no .git")


class Standing(NamedTuple):
    """Say how far what an earlier run left in `.reconcile` is believed."""

    kind: Literal["ours", "unknown", "foreign"]
    """`ours`: it is believed. `unknown`: git cannot tell, so only the operations in doubt are believed.
    `foreign`: nothing is believed, since others could have written it."""

    words: str = ""
    """Why not all of it is believed, and what to do where it is foreign."""


OURS = Standing("ours")


def standing(root: Path, where: Where) -> Standing:
    """Return how far `.reconcile` in `root` is believed: a commit or somebody else may have made it."""
    folder = os.path.join(root, KEPT)
    try:
        about = os.lstat(folder)
    except FileNotFoundError:
        return OURS
    except OSError as error:
        return Standing("unknown", f"{KEPT} cannot be read: {error.strerror}")
    if not stat.S_ISDIR(about.st_mode):
        return Standing("foreign", f"{KEPT} is a link or no folder: remove it")
    if about.st_uid != os.geteuid():
        return Standing("foreign", f"{KEPT} belongs to another user: remove it, or run as that user")
    if os.path.lexists(os.path.join(folder, ".git")):
        return Standing("foreign", f"{KEPT} is a repository of its own: remove it")
    return _by_git(where)


def _by_git(where: Where) -> Standing:
    if isinstance(where, NoCheckout):
        return Standing("unknown", where.words)
    path = where.path(KEPT)
    try:
        tracked = ask(where.top, "ls-files", "-z", "--", f":(literal,icase,top){path}")
    except NoAnswer as error:
        return Standing("unknown", error.words)
    start = os.fsencode(where.path())
    if any(name.startswith(start) for name in tracked.split(b"\0") if name):
        todo = f"git rm -r --cached {KEPT}"
        return Standing("foreign", f"git tracks {KEPT}, so that a commit could write it: {todo}")
    return OURS
