"""Finds the commit that a ref names; where there is none, tells a first time from a fetch that is missing.
Reading the commit is left to `commit`.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from reconcile.git.asking import NoAnswer, ask
from reconcile.git.checkout import Checkout, Where
from reconcile.git.commit import Commit

_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PLAIN = re.compile(r"(?!-|.*@\{|.*\.\.)[^\x00-\x20\x7f~^:?*\[\\]+")
_PLACES = ("refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")
"""Where git looks for a ref of that name."""

FOLDERS = ("./", "../", "/")
"""How the name of a folder begins: so that it can be no ref."""


class NoBase(Exception):
    """Say that the base cannot be read; the message says why and what to do."""

    code = "no-base"


class NotYet(NoBase):
    """Say that there is no such ref in a clone that lacks none, so that nothing was applied before.

    `doubt` says why a fetch may have left it out all the same, and what to do; it is empty for a clone that
    has no remote, or has tags of all its branches.
    """

    def __init__(self, words: str, doubt: str = "") -> None:
        super().__init__(words)
        self.doubt = doubt


class CannotTell(NoBase):
    """Say that git cannot be asked; the message has git's own words."""

    code = "git"


def names_folder(ref: str) -> bool:
    """Tell whether a base is written as a folder; everything else is asked of git."""
    return ref.startswith(FOLDERS)


def commit(root: Path, where: Where, ref: str) -> Commit:
    """Return the files of the commit that `ref` names; NoBase where there is none, or git does not say."""
    if not isinstance(where, Checkout):
        if where.kind == "none":
            raise NoBase(f"--base {ref}: the project is in no git repository; name a folder, or clone it")
        raise CannotTell(f"--base {ref}: git cannot be asked about this project: {where.words}")
    try:
        oid = _verified(where, f"{ref}^{{commit}}")
        if oid is None:
            raise _missing(root, where, ref)
        if len(namesakes := _namesakes(where, ref)) > 1:
            raise NoBase(f"--base {ref}: several are called so: write {' or '.join(namesakes)}")
    except NoAnswer as error:
        raise CannotTell(f"--base {ref}: git cannot be asked: {error.words}") from error
    return Commit(where, oid)


def _verified(where: Checkout, name: str) -> str | None:
    try:
        said = ask(where.top, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
    except NoAnswer as error:
        if error.code is None:
            raise
        return None
    oid = said.decode(errors="replace").strip()
    if not _OID.fullmatch(oid):
        raise NoAnswer("git rev-parse answered what cannot be read")
    return oid


def _missing(root: Path, where: Checkout, ref: str) -> NoBase:
    """Return why there is no such commit, by what would help."""
    words = next(_reasons(root, where, ref), None)
    if words:
        return NoBase(f"--base {ref}: {words}")
    missing = f"--base {ref}: git has no such commit: git fetch --tags origin, if it is there"
    if not _PLAIN.fullmatch(ref):
        return NoBase(missing)
    if not _is_absent(where, ref):
        return NoBase(f"{missing}; what is called so is damaged, or leads to no commit: see git fsck")
    words = f"{missing}; before anything was applied, --base-or-none {quote(ref)} does without"
    return NotYet(words, _doubt(where))


def _is_absent(where: Checkout, ref: str) -> bool:
    """Tell whether no ref is called so; one that is damaged, or leads to nothing, is not absent."""
    if not _is_unlisted(where, ref):
        return False
    names = [name for place in _PLACES for name in ("--git-path", place.format(ref))]
    paths = _said(where, "rev-parse", *names).splitlines()
    return not any(_stands_at(os.path.join(where.top, path)) for path in paths)


def _is_unlisted(where: Checkout, ref: str) -> bool:
    try:
        ask(where.top, "show-ref", "--", ref)
    except NoAnswer as error:
        if error.code is None:
            raise
        return error.code == 1
    return False


def _stands_at(path: str) -> bool:
    """Tell whether a ref, damaged or not, may stand at a path: a file, or a link that leads nowhere."""
    try:
        return not stat.S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        ways = (path, *map(str, Path(path).parents))
        return any(os.path.islink(way) and not os.path.exists(way) for way in ways)
    except OSError:
        return True


def _namesakes(where: Checkout, ref: str) -> list[str]:
    """Return the whole names of the refs that a name may mean, where they are different commits."""
    name = re.split(r"[~^:]|@\{", ref)[0]
    if not _PLAIN.fullmatch(name):
        return []
    places = [place.format(name) for place in _PLACES]
    listed = _said(where, "for-each-ref", "--format=%(refname) %(objectname) %(*objectname)", *places)
    found = {words[0]: words[-1] for words in map(str.split, listed.splitlines()) if words[0] in places}
    return [*found] if len({*found.values()}) > 1 else []


def _doubt(where: Checkout) -> str:
    """Return why a fetch may have left a tag out, which nothing here can prove."""
    if not _said(where, "remote"):
        return ""
    fetched = _said(where, "config", "--get-regexp", r"^remote\..*\.fetch$")
    if not _said(where, "for-each-ref", "--count=1", "refs/tags"):
        why = "this clone has no tag at all"
    elif "refs/heads/*" not in fetched:
        why = "this clone fetches some branches alone"
    else:
        return ""
    return f"{why}: if something was applied before, git fetch --tags origin, and run again"


def _reasons(root: Path, where: Checkout, ref: str) -> Iterator[str]:
    """Yield what is known to be in the way, what helps most first."""
    if where.submodule:
        yield f"{in_submodule(where)}, which has no such commit"
    yield from (f"git has it as {name} alone: --base {quote(name)}" for name in _elsewhere(where, ref))
    if ref and os.path.isdir(root / ref):
        yield f"git has no such commit; the folder of that name is written ./{ref}"
    if _said(where, "rev-parse", "--is-shallow-repository") == "true":
        yield "this clone is shallow and lacks it: git fetch --unshallow --tags (fetch-depth: 0)"
    if _OID.fullmatch(ref):
        yield f"git lacks this commit: git fetch origin {ref}"
    if "--no-tags" in _said(where, "config", "--get-regexp", r"^remote\..*\.tagopt$").split():
        todo = "git config --unset remote.origin.tagOpt, and git fetch --tags origin"
        yield f"this clone was made without tags and may lack it: {todo}"


def in_submodule(where: Checkout) -> str:
    """Return whose commits count where the project is in a submodule, or is one."""
    return (
        f"the project is in {where.submodule}, a submodule of {where.top}: a base is a commit of {where.top}"
    )


def _elsewhere(where: Checkout, ref: str) -> list[str]:
    """Return the remotes' branches of that name."""
    if not _PLAIN.fullmatch(ref):
        return []
    branch = ref.removeprefix("refs/heads/")
    return _said(where, "for-each-ref", "--format=%(refname:short)", f"refs/remotes/*/{branch}").split()


def _said(where: Checkout, *words: str) -> str:
    """Return what git prints; nothing where it has nothing to say."""
    try:
        return ask(where.top, *words).decode(errors="replace").strip()
    except NoAnswer as error:
        if error.code is None:
            raise
        return ""
