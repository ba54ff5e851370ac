"""The journal on disk: durable lines that say what is in doubt, whatever else is in the file."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from reconcile.execution.journal import READ_AT_MOST, Busy, Journal, Past, Unusable, glimpse, remembered
from reconcile.execution.locking import hold_project, release, why_unusable
from reconcile.moments import Moment

INTENT = {"event": "intent", "address": "a/B/c", "method": "POST", "path": "/x", "body": "sha256:1"}
TAKEN = {**INTENT, "event": "outcome", "effect": "taken", "status": 201}
LOST = {**INTENT, "event": "outcome", "effect": "unknown", "status": None}


def file(root: Path) -> Path:
    return root / ".reconcile" / "journal.jsonl"


def kept(root: Path, *entries: dict) -> bytes:
    with Journal(root, clock=lambda: Moment(1000.0)) as journal:
        for entry in entries:
            journal.append(entry)
    return file(root).read_bytes()


def test_each_entry_is_a_line_of_json_with_its_time(tmp_path: Path) -> None:
    (line,) = kept(tmp_path, INTENT).splitlines()
    entry = json.loads(line)
    assert entry["at"] == 1000.0
    assert {name: entry[name] for name in INTENT} == INTENT


def test_entries_of_several_runs_stand_one_after_the_other(tmp_path: Path) -> None:
    kept(tmp_path, INTENT)
    events = [json.loads(line)["event"] for line in kept(tmp_path, TAKEN).splitlines()]
    assert events == ["intent", "left", "outcome"]


def test_a_write_without_an_outcome_is_in_doubt(tmp_path: Path) -> None:
    assert dict(remembered(kept(tmp_path, INTENT)).in_doubt) == {"a/B/c": 1000.0}
    assert dict(remembered(kept(tmp_path, LOST)).in_doubt) == {"a/B/c": 1000.0}


def test_a_write_that_was_taken_is_in_doubt_until_it_was_seen(tmp_path: Path) -> None:
    seen = {"event": "settled", "address": INTENT["address"]}
    assert remembered(kept(tmp_path, INTENT, TAKEN)).in_doubt != {}
    assert remembered(kept(tmp_path, INTENT, TAKEN, seen)).in_doubt == {}


def test_a_write_that_was_refused_is_in_no_doubt(tmp_path: Path) -> None:
    assert remembered(kept(tmp_path, INTENT, {**TAKEN, "effect": "none"})).in_doubt == {}


def test_no_journal_is_told_from_an_empty_doubt(tmp_path: Path) -> None:
    assert not remembered(b"").known
    assert remembered(kept(tmp_path, INTENT, TAKEN)).known


@pytest.mark.parametrize("cut", [2, 10, 40, 80])
def test_a_torn_last_line_is_passed_over(cut: int, tmp_path: Path) -> None:
    whole = kept(tmp_path, INTENT, TAKEN)
    assert set(remembered(whole[:-cut]).in_doubt) == {"a/B/c"}


def test_after_a_torn_line_the_next_entry_stands_alone(tmp_path: Path) -> None:
    whole = kept(tmp_path, INTENT)
    file(tmp_path).write_bytes(whole[:-20])
    assert remembered(kept(tmp_path, INTENT)).in_doubt == {"a/B/c": 1000.0}


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"null", b"[]", b"3", b'{"event": "intent"}', b"\xff\xfe", b"[" * 100_000, b"9" * 5000],
    ids=lambda line: line[:20].decode("latin-1"),
)
def test_a_foreign_line_is_passed_over(line: bytes, tmp_path: Path) -> None:
    whole = kept(tmp_path, INTENT)
    assert dict(remembered(line + b"\n" + whole).in_doubt) == {"a/B/c": 1000.0}


def test_an_entry_that_was_altered_counts_for_nothing(tmp_path: Path) -> None:
    whole = kept(tmp_path, INTENT, TAKEN).replace(b'"taken"', b'"never"')
    assert set(remembered(whole).in_doubt) == {"a/B/c"}


def test_who_only_reads_sees_what_is_in_doubt_beside_an_apply_and_leaves_no_trace(tmp_path: Path) -> None:
    assert glimpse(tmp_path) == Past()
    assert list(tmp_path.iterdir()) == []
    kept(tmp_path, INTENT)
    with Journal(tmp_path):
        assert dict(glimpse(tmp_path).in_doubt) == {"a/B/c": 1000.0}


@pytest.mark.parametrize("put", [os.mkfifo, os.mkdir, lambda path: os.symlink("elsewhere", path)])
def test_who_only_reads_is_told_of_what_is_no_journal(put: Callable[[Path], None], tmp_path: Path) -> None:
    (tmp_path / ".reconcile").mkdir()
    (tmp_path / ".reconcile/elsewhere").write_bytes(b"")
    put(file(tmp_path))
    with pytest.raises(Unusable):
        glimpse(tmp_path)


def test_only_the_last_line_may_be_torn_and_a_damaged_one_elsewhere_is_told(tmp_path: Path) -> None:
    whole = kept(tmp_path, INTENT, TAKEN)
    first = whole.index(b"\n")
    assert [remembered(whole[:end]).damaged for end in range(1, len(whole))] == [0] * (len(whole) - 1)
    for at in range(first):
        damaged = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        assert remembered(damaged).damaged, damaged
    assert remembered(whole[:first] + whole[first + 1 :]).damaged == 1, "two lines that became one"
    assert remembered(whole[:-1] + b"}").damaged == 2


def test_what_is_damaged_before_an_apply_that_waited_for_it_is_told_no_more(tmp_path: Path) -> None:
    whole = kept(tmp_path, INTENT)
    file(tmp_path).write_bytes(b"damaged\n" + whole)
    past = remembered(kept(tmp_path, {"event": "doubt", "address": ""}))
    assert (past.damaged, past.lost) == (0, Moment(1000.0))


def test_of_a_long_journal_the_lines_at_its_end_are_read_whole(tmp_path: Path) -> None:
    whole = kept(tmp_path, INTENT)
    filling = whole * (READ_AT_MOST // len(whole) + 2)
    file(tmp_path).write_bytes(filling)
    with Journal(tmp_path) as journal:
        assert (journal.past.damaged, bool(journal.past.doubts)) == (0, True)


def test_only_one_apply_of_a_project_is_under_way(tmp_path: Path) -> None:
    with Journal(tmp_path), pytest.raises(Busy, match=rf"process {os.getpid()}"), Journal(tmp_path):
        pass


@pytest.mark.parametrize("stale", ["1", "999999999", str(os.getppid()), "rubbish", "9" * 19])
def test_a_process_that_has_not_the_lock_is_not_named_as_its_holder(tmp_path: Path, stale: str) -> None:
    (tmp_path / ".reconcile").mkdir(mode=0o700)
    (tmp_path / ".reconcile/lock").write_text(stale)
    folder = hold_project(tmp_path, tmp_path / ".reconcile/lock")
    try:
        with pytest.raises(Busy, match=r"\(process unknown\)"), Journal(tmp_path):
            pass
    finally:
        release(folder)


def test_who_gives_the_lock_back_leaves_no_number_behind(tmp_path: Path) -> None:
    with Journal(tmp_path):
        assert (tmp_path / ".reconcile/lock").read_text() == str(os.getpid())
    assert (tmp_path / ".reconcile/lock").read_text() == ""


def test_a_lock_ends_with_its_holder(tmp_path: Path) -> None:
    with Journal(tmp_path):
        pass
    with Journal(tmp_path):
        pass


def test_a_lock_ends_with_its_holder_though_a_child_process_has_its_files_open(tmp_path: Path) -> None:
    """A child shares them from its fork to its exec, as a copy of a descriptor does."""
    with ExitStack() as child:
        with Journal(tmp_path):
            for descriptor in open_in(tmp_path):
                child.callback(os.close, os.dup(descriptor))
        with Journal(tmp_path):
            pass


def open_in(folder: Path) -> Iterator[int]:
    """The descriptors of this process that are of files in a folder, or of the folder itself."""
    for name in os.listdir("/dev/fd"):
        with suppress(OSError):
            if Path(os.readlink(f"/dev/fd/{name}")).is_relative_to(folder.resolve()):
                yield int(name)


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".reconcile").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Unusable), Journal(tmp_path):
        pass


@pytest.mark.parametrize("name", ["journal.jsonl", "lock"])
def test_a_file_that_is_a_link_is_refused_and_what_it_points_to_is_untouched(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / ".reconcile").mkdir()
    (tmp_path / ".reconcile" / name).symlink_to(tmp_path / "victim")
    with pytest.raises(Unusable), Journal(tmp_path):
        pass
    assert (tmp_path / "victim").read_text() == "precious"


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    kept(tmp_path, INTENT)
    assert file(tmp_path).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "make room on the disk"),
        (errno.EDQUOT, "make room on the disk"),
        (errno.ENOLCK, "has no locks"),
        (errno.EOPNOTSUPP, "has no locks"),
        (errno.ENOSYS, "has no locks"),
        (errno.EIO, "see that this user may write it"),
        (errno.EROFS, "see that this user may write it"),
    ],
)
def test_a_lock_that_cannot_be_had_is_told_by_its_reason_and_not_as_another_apply(
    number: int, words: str
) -> None:
    said = why_unusable(OSError(number, os.strerror(number)), ".reconcile")
    assert os.strerror(number) in said
    assert words in said
    assert "another apply" not in said
