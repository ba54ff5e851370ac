"""What git says of the project, and its files at another commit; the only module that asks git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from shlex import quote
from threading import Lock
from typing import NamedTuple

from reconcile.manifests.find import FILE_AT_MOST, is_found, is_manifest
from reconcile.model import Origin, Problem

_SECONDS = 120
_NO_PROGRAMS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
"""A repository must not decide which programs run, nor send git elsewhere for what is not here."""

_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_REPLACE_OBJECTS": "1",
}
_PARTIAL = "this clone is partial and lacks files of that commit: clone it without --filter"
_YAML = ("--", "*.yaml", "*.yml")
_PIPE = subprocess.PIPE
_beginning = Lock()
_under_way: set[subprocess.Popen[bytes]] = set()


class NoBase(Exception):
    """The base cannot be read; the message says why and what to do."""


class Head(NamedTuple):
    """The commit that is checked out, and whether tracked YAML files of the project differ from it."""

    commit: str | None = None
    dirty: bool = False


def head(root: Path) -> Head:
    """The commit at `root`; an empty one where there is no git, no repository or no commit."""
    asked = ("status", "--porcelain=v2", "--branch", "-uno", "--ignore-submodules=all", *_YAML)
    lines = _lines(root, *asked, environment=_no_filters(root))
    oids = [line.split()[-1] for line in lines if line.startswith("# branch.oid ")]
    commit = oids[0] if oids and oids[0] != "(initial)" else None
    return Head(commit, any(not line.startswith("#") for line in lines))


def tracks(root: Path, name: str) -> bool:
    """Whether git tracks the file or folder `name` of the project, so that a commit could bring one in."""
    return bool(_lines(root, "ls-files", "--", name))


class Commit(NamedTuple):
    """The project's files as one commit has them: read from git objects, nothing is checked out."""

    oid: str
    blobs: Mapping[str, bytes]

    def found(self, listed: tuple[tuple[str, Origin], ...]) -> tuple[list[str], list[Problem]]:
        """The manifest files under the listed paths; a path that the commit does not have is none."""
        names = {name for name in self.blobs for path, _ in listed if _lies_under(name, path)}
        return sorted(names), []

    def read(self, name: str) -> bytes | Problem:
        """The bytes of one file."""
        data = self.blobs.get(name)
        return (
            Problem("unreadable", "the base does not have this file", Origin(name)) if data is None else data
        )

    def all_read(self) -> None:
        """Nothing waits for that."""


def _lies_under(name: str, path: str) -> bool:
    """Whether a listed path leads to a file, as it does in a folder: not through one that is hidden."""
    normal = os.path.normpath(path)
    inside = name if normal == "." else name.removeprefix(f"{normal}/")
    if inside == name and normal != ".":
        return name == normal
    return is_found(name) and not any(folder.startswith(".") for folder in inside.split("/")[:-1])


def commit(root: Path, ref: str) -> Commit:
    """The project's files at the commit that `ref` names; NoBase where git has none."""
    oids = _lines(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if not oids:
        raise NoBase(_missing(root, ref))
    prefix = next(iter(_lines(root, "rev-parse", "--show-prefix")), "")
    try:
        entries = {name: oid for name, oid in _tree(root, oids[0], prefix) if is_manifest(name)}
        return Commit(oids[0], dict(zip(entries, _blobs(root, tuple(entries.values())), strict=True)))
    except NoBase as error:
        if _lines(root, "config", "--get-regexp", r"^remote\..*\.promisor$"):
            raise NoBase(f"--base {ref}: {_PARTIAL}") from error
        raise


def _missing(root: Path, ref: str) -> str:
    if not _lines(root, "rev-parse", "--git-dir"):
        return f"--base {ref}: the project is in no git repository; name a folder, or clone it"
    if _lines(root, "rev-parse", "--is-shallow-repository") == ["true"]:
        how = "git fetch --unshallow --tags (fetch-depth: 0)"
        return f"--base {ref}: this clone is shallow and lacks it: {how}"
    named = "" if ref.startswith("-") else f" {quote(ref)}"
    return f"--base {ref}: git has no such commit: git fetch --tags origin{named}"


def _tree(root: Path, oid: str, prefix: str) -> Iterator[tuple[str, str]]:
    """The regular files of the commit's tree under the project, each with its blob."""
    for entry in _git(root, "ls-tree", "-r", "-z", "--full-tree", oid).split(b"\0"):
        meta, _, name = entry.decode(errors="surrogateescape").partition("\t")
        mode, _, blob = meta.partition(" blob ")
        if mode.startswith("100") and name.startswith(prefix):
            yield str(PurePosixPath(name.removeprefix(prefix))), blob


def _blobs(root: Path, oids: tuple[str, ...]) -> Iterator[bytes]:
    """The contents of the blobs, all from one process; no filter and no text conversion."""
    data = _git(root, "cat-file", "--batch", send="".join(f"{oid}\n" for oid in oids).encode())
    at = 0
    for _ in oids:
        line = data.index(b"\n", at)
        if data[at:line].endswith(b" missing"):
            raise NoBase("git lacks a file of that commit: git fsck says more")
        size = int(data[at:line].split()[-1])
        yield data[line + 1 : line + 1 + min(size, FILE_AT_MOST + 1)]
        at = line + 2 + size


def _no_filters(root: Path) -> Mapping[str, str]:
    """What turns off each filter that the repository's configuration names, however it is called."""
    names = _lines(root, "config", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process|required)$")
    at = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    found = {"GIT_CONFIG_COUNT": str(at + len(names))}
    for number, name in enumerate(names, at):
        found[f"GIT_CONFIG_KEY_{number}"] = name
        found[f"GIT_CONFIG_VALUE_{number}"] = "false" if name.endswith(".required") else ""
    return found


def _lines(root: Path, *words: str, environment: Mapping[str, str] = _ENVIRONMENT) -> list[str]:
    """The lines that git prints; none where it fails, or there is none."""
    try:
        return _git(root, *words, environment=environment).decode(errors="replace").splitlines()
    except NoBase:
        return []


def _git(root: Path, *words: str, send: bytes = b"", environment: Mapping[str, str] = _ENVIRONMENT) -> bytes:
    command = ["git", "-C", str(root), *_NO_PROGRAMS, *words]
    environment = {**os.environ, **_ENVIRONMENT, **environment}
    try:
        with _begun(command, environment) as git:
            try:
                found, _ = git.communicate(send, timeout=_SECONDS)
            finally:
                git.kill()
                _under_way.discard(git)
        if git.returncode:
            raise subprocess.CalledProcessError(git.returncode, command)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoBase(f"git {words[0]} failed: is git installed, and the project a repository?") from error
    return found


def _begun(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    with _beginning:
        git = subprocess.Popen(  # noqa: S603  # git, with words of our own; a ref stands behind --end-of-options
            command, stdin=_PIPE, stdout=_PIPE, stderr=_PIPE, env=environment
        )
        _under_way.add(git)
    return git


def stop() -> None:
    """Ends what git is still asked, for good: whoever asked leaves, and waits for no answer."""
    _beginning.acquire(timeout=1)  # and never released: nothing begins any more; one that hangs keeps nobody
    for git in [*_under_way]:
        git.kill()
