"""Names the commits whose revert the manifests need after an undo: else the next apply does it all again."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reconcile.git.asking import NoAnswer, ask
from reconcile.git.checkout import Checkout
from reconcile.planfile.document import Document
from reconcile.planning.contents import Revert, Undone
from reconcile.session.session import Session, Undoing

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_AGAIN = "else the next apply does it again"
_AT_MOST = 100


def revert_of(session: Session, undoing: Undoing, rows: Iterable[Undone]) -> Revert | None:
    """Return the commits that brought what is taken back, or why they are not known; None where nothing is.

    Those are the commits after that of the record before, up to that of this one, that touched a file of it.
    """
    files = sorted({row.origin.file for row in rows if row.status == "back"})
    if not files:
        return None
    since = _commit_of(undoing.previous) or _base_of(undoing.record)
    until = _commit_of(undoing.record)
    change = f"change {', '.join(files)} as well, {_AGAIN}"
    if until is None:
        return Revert((), f"the record is of files that no commit holds as they were; {change}")
    if since is None:
        before = "its files were not those of a commit" if undoing.previous else "there is none here"
        return Revert((), f"which commits brought this is not known of the record before: {before}; {change}")
    where = session.where()
    if not isinstance(where, Checkout):
        return Revert((), f"git cannot tell which commits brought this: {where.words}; {change}")
    try:
        return _named(where, (since, until), files)
    except NoAnswer as error:
        return Revert((), f"git cannot tell which commits brought this: {error.words}; {change}")


def _named(where: Checkout, between: tuple[str, str], files: Iterable[str]) -> Revert:
    since, until = between
    paths = [f":(literal,top){where.path(file)}" for file in files]
    asked = ("log", f"--max-count={_AT_MOST}", "--format=%H %s", "--end-of-options", f"{since}..{until}")
    lines = ask(where.top, *asked, "--", *paths).decode(errors="replace").splitlines()
    commits = tuple(line for line in lines if COMMIT.fullmatch(line.partition(" ")[0]))
    if not commits:
        told = f"from {since[:7]} to {until[:7]}" if since != until else "since the record before"
        own = f"write what is live then into them (`reconcile accept` does), {_AGAIN}"
        return Revert((), f"no commit {told} touched {', '.join(files)}: it was live that had changed; {own}")
    return Revert(commits, f"revert in the manifests, {_AGAIN}")


def _commit_of(record: Document | None) -> str | None:
    """Return the commit whose files a record is of; None where they were not, or nobody knows."""
    if record is None or record.dirty is not False or record.commit is None:
        return None
    return record.commit if COMMIT.fullmatch(record.commit) else None


def _base_of(record: Document) -> str | None:
    """Return the commit that an apply compared with: with a moved tag, that of the one before."""
    return record.base if record.base and COMMIT.fullmatch(record.base) else None
