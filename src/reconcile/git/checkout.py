"""Finds the checkout that holds the project, and says whether what `.reconcile` keeps may be believed; what
is done then is left to others.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeAlias

from reconcile.git.asking import NoAnswer, ask
from reconcile.named_tuple import NamedTuple
from reconcile.project import FILE
from reconcile.project.ownership import why_not_own

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

    submodule: str = ""
    """The path from there of the submodule that the project is in or is; empty where it is in none."""

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
    repository, or a `.git` inside a folder that an outer checkout holds, are never taken for it. A submodule
    is held by the checkout around it: a commit can bring one in, with branches and tags of somebody else's.
    """
    real = os.path.realpath(root)
    tops = [*_tops(real)]
    for top in [*reversed(tops[1:])]:
        found = _asked(top, real, tops)
        held = _as_held(found) if isinstance(found, Checkout) else None
        if held is not None:
            return held
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


def stands_at(top: str) -> bool:
    """Tell whether git takes a folder for the top of a checkout, whichever holds it."""
    real = os.path.realpath(top)
    return isinstance(_asked(real, real, [real]), Checkout)


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


def _as_held(found: Checkout) -> Where | None:
    """Return the checkout where it holds the project: as files, or by a submodule; None where it does not."""
    try:
        if ask(found.top, "ls-files", "-z", "--", f":(literal,top){found.path(FILE)}"):
            return found
        held = next((path for path in _ways_down(found.inside) if _is_entry(found.top, path)), None)
    except NoAnswer as error:
        return NoCheckout("refused" if error.code else "silent", error.words)
    return found._replace(submodule=held) if held else None


def _ways_down(path: str) -> Iterator[str]:
    """Yield each beginning of a path, itself the last."""
    parts = path.split("/")
    return ("/".join(parts[:length]) for length in range(1, len(parts) + 1))


def _is_entry(top: str, path: str) -> bool:
    """Tell whether git tracks a folder itself, as a submodule, and not what lies in it."""
    try:
        return bool(ask(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f":0:{path}"))
    except NoAnswer as error:
        if error.code == 1:
            return False
        raise


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
    if words := why_not_own(about, KEPT, KEPT):
        return Standing("foreign", words)
    if os.path.lexists(os.path.join(folder, ".git")):
        return Standing("foreign", f"{KEPT} is a repository of its own: remove it")
    return _by_git(where)


def _by_git(where: Where) -> Standing:
    if isinstance(where, NoCheckout):
        return Standing("unknown", where.words)
    project = os.path.join(where.top, where.inside)
    held_by = [top for top in _tops(project) if len(top) > len(where.top)] if where.submodule else []
    try:
        tracked = any(_tracks_kept(top, os.path.relpath(project, top)) for top in [*held_by, where.top])
    except NoAnswer as error:
        return Standing("unknown", error.words)
    if tracked:
        todo = f"git rm -r --cached {KEPT}, and put {KEPT}/ into .gitignore"
        return Standing("foreign", f"git tracks {KEPT}, so that a commit could write it: {todo}")
    return OURS


def _tracks_kept(top: str, project: str) -> bool:
    """Tell whether the repository at `top` tracks something of `.reconcile` in the project's folder."""
    inside = "" if project == "." else f"{project}/"
    listed = ask(top, "ls-files", "-z", "--", f":(literal,icase,top){inside}{KEPT}")
    return any(name.startswith(os.fsencode(inside)) for name in listed.split(b"\0") if name)
