"""Reads and replaces one ref at a remote of the checkout, with the operator's own credentials; what stands in
the commits that it names is left to others.
"""

from __future__ import annotations

import re

from reconcile.git.asking import ABROAD, SECONDS, NoAnswer, ask
from reconcile.git.checkout import Checkout, Where
from reconcile.named_tuple import NamedTuple
from reconcile.suggest import suggestion

MESSAGE_AT_MOST = 16 * 1024
"""Bytes of a commit's message that are read."""

_URL = re.compile(r"(.*) \((fetch|push)\)(?: \[[^\]]*\])?")
"""What git says of a remote; `get-url` does not know those in the operator's own configuration."""

_CREDENTIALS = re.compile(r"(\w+://)[^/@\s']*@")
_NOISE = re.compile(r"(?:^|(?<= ))To \S+ (?=!)|error: failed to push some refs to '[^']*'")
_FETCH = (
    *("--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules"),
    *("--no-prune", "--refmap=", "--no-write-commit-graph", "--no-show-forced-updates"),
)
_PUSH = ("--no-verify", "--no-signed", "--no-follow-tags", "--recurse-submodules=no")
_NOBODY = ("reconcile", "reconcile@localhost")
_TRIES = 3


class NoRemote(Exception):
    """Say why a remote cannot be asked, in git's own words where it had any."""


class RemotePlace(NamedTuple):
    """Hold which ref of which repository is meant, and the checkout that knows the way there."""

    top: str
    """The checkout's folder."""

    remote: str
    """The remote's name in it."""

    to: str
    """What git is told: the name, or the url where it fetches from another one than it pushes to."""

    ref: str
    url: str
    """Where it pushes to, by whichever name."""

    def same(self, other: RemotePlace) -> bool:
        """Tell whether another one is the same ref of the same repository, as far as the urls say."""
        return (self.url, self.ref) == (other.url, other.ref)

    def __str__(self) -> str:
        return f"{self.ref} at {self.remote}"


def remote_place(where: Where, remote: str, ref: str) -> RemotePlace:
    """Return the place of a ref at a remote of the checkout; NoRemote where there is no such remote."""
    if not isinstance(where, Checkout):
        raise NoRemote(
            "the project is in no git repository: clone it, or take `lock` out"
            if where.kind == "none"
            else f"git cannot be asked about this project: {where.words}"
        )
    try:
        said = ask(where.top, "remote", "-v").decode(errors="surrogateescape")
    except NoAnswer as error:
        raise NoRemote(_clean(error.words)) from error
    remotes = [line.partition("\t")[::2] for line in said.splitlines()]
    names = {name for name, _ in remotes}
    if remote not in names:
        near = suggestion(remote, names) or "; there is none"
        raise NoRemote(f"this checkout has no remote `{remote}`{near}: git remote add {remote} URL")
    found = [match for name, url in remotes if name == remote and (match := _URL.fullmatch(url))]
    fetches, pushes = ([match[1] for match in found if match[2] == way] for way in ("fetch", "push"))
    if len(pushes) != 1:
        words = f"the remote `{remote}` pushes to {len(pushes)} places, and a lock stands in one"
        raise NoRemote(f"{words}: name a remote with one url")
    (url,) = pushes
    return RemotePlace(where.top, remote, remote if fetches == pushes else url, ref, url)


class RemoteRef:
    """Read and replace one ref at a remote; each call has a deadline, and raises NoRemote."""

    def __init__(self, place: RemotePlace, seconds: float = SECONDS) -> None:
        self.place = place
        self._seconds = seconds
        self._head = ""

    def message(self) -> tuple[str, bytes] | None:
        """Return the object that the ref names, and the message of that commit; None where there is no ref.

        The message is empty where the object is no commit.
        """
        for _ in range(_TRIES):
            oid = self.id()
            if oid is None:
                return None
            if not self._has(oid):
                self._remote("fetch", *_FETCH, "--", self.place.to, self.place.ref, missing_is_fine=True)
            if self._has(oid):
                return oid, self._message_of(oid)
        raise NoRemote(f"{self.place} changes again and again while it is read")

    def id(self) -> str | None:
        """Return the object that the ref names at the remote; None where there is no such ref."""
        said = self._remote("ls-remote", "--quiet", "--", self.place.to, self.place.ref)
        for line in said.splitlines():
            oid, _, name = line.partition("\t")
            if name == self.place.ref:
                return oid
        return None

    def made(self, message: str, follows: str | None) -> str:
        """Return a new commit of nothing but a message, which follows another one, so that it may replace it.

        A server that takes no forced push takes it too.
        """
        parent = f"parent {follows}\n" if follows else ""
        text = f"{self._begun()}{parent}{self._signed()}\n{message}"
        return self._here("hash-object", "-t", "commit", "-w", "--stdin", send=text.encode()).strip()

    def put(self, old: str | None, new: str | None) -> str:
        """Push `new` in the place of just `old`, None being no ref; return why it was not taken, if it says.

        An empty text is no proof that it was, nor another one that it was not.
        """
        lease = f"--force-with-lease={self.place.ref}:{old or ''}"
        try:
            self._remote("push", *_PUSH, lease, "--", self.place.to, f"{new or ''}:{self.place.ref}")
        except NoRemote as error:
            return str(error)
        return ""

    def _begun(self) -> str:
        """Return the first line of a commit without files; the tree is made once."""
        if not self._head:
            tree = self._here("hash-object", "-t", "tree", "-w", "--stdin").strip()
            self._head = f"tree {tree}\n"
        return self._head

    def _signed(self) -> str:
        """Return who made a commit: the operator, as git knows him, at no particular time."""
        who = "{} <{}> 0 +0000".format(*self._operator())
        return f"author {who}\ncommitter {who}\n"

    def _operator(self) -> tuple[str, str]:
        try:
            said = self._here("config", "-z", "--get-regexp", r"^user\.(name|email)$")
        except NoRemote:
            return _NOBODY
        found = dict(entry.partition("\n")[::2] for entry in said.split("\0"))
        name, email = (re.sub(r"[<>\s]+", " ", found.get(f"user.{part}", "")).strip() for part in _PARTS)
        return (name, email) if name and email else _NOBODY

    def _has(self, oid: str) -> bool:
        try:
            ask(self.place.top, "cat-file", "-e", oid)
        except NoAnswer as error:
            if error.code is None:
                raise NoRemote(_clean(error.words)) from error
            return False
        return True

    def _message_of(self, oid: str) -> bytes:
        try:
            said = ask(self.place.top, "cat-file", "commit", oid)
        except NoAnswer:
            return b""
        return said.partition(b"\n\n")[2][:MESSAGE_AT_MOST]

    def _here(self, *words: str, send: bytes = b"") -> str:
        try:
            return ask(self.place.top, *words, send=send).decode(errors="replace")
        except NoAnswer as error:
            raise NoRemote(_clean(error.words)) from error

    def _remote(self, *words: str, missing_is_fine: bool = False) -> str:
        try:
            said = ask(self.place.top, *words, seconds=self._seconds, manner=ABROAD)
        except NoAnswer as error:
            if missing_is_fine and error.code and "couldn't find remote ref" in error.words:
                return ""
            raise NoRemote(_clean(error.words)) from error
        return said.decode(errors="replace")


_PARTS = ("name", "email")


def _clean(words: str) -> str:
    """Return git's words without credentials in a url, and without those for who typed the command."""
    return " ".join(_NOISE.sub(" ", _CREDENTIALS.sub(r"\1", words)).split()) or words
