"""Files that several processes read say what they say to one, whatever becomes of the others."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reconcile.yaml_source.parallel import Helper, read_all

from .test_hostile import CASES

PLAIN = {f"plain {n}": f"a: {n}\nb: [x, {{c: 1}}]\n---\nc: é{n}\n---\n" for n in range(40)}
ODD = {
    "source texts": "a: 1.10\nb: 0x1F\nc: True\n",
    "aliases": "a: &a [1, {b: c}]\nd: *a\n",
    "a byte order mark": "\ufeffa: 1\n",
    "CRLF": "a: 1\r\nb:\r\n  - 2\r\n",
    "nothing": "",
    "a comment": "# nothing\n",
}
FILES = [
    (name, text if isinstance(text, bytes) else text.encode())
    for name, text in {**PLAIN, **ODD, **{name: text for name, (text, _) in CASES.items()}}.items()
    if len(text) < 1 << 20
]
PROBE = """
import os, signal, sys, threading
from reconcile.yaml_source import helpers, read_all, read_documents
from tests.documents.test_split import FILES, told
seen = threading.active_count()
if sys.argv[1] == "unwaited":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
begun = helpers(FILES, worth=0)
if sys.argv[1] == "killed":
    for helper in begun:
        os.kill(helper.process, signal.SIGKILL)
for (name, data), read in zip(FILES, read_all(FILES, begun), strict=True):
    assert told(*read) == told(*read_documents(data, name)), name
print(seen, len(begun))
"""


def told(documents: tuple, problems: tuple) -> object:  # type: ignore[type-arg]
    """All that a file comes to, types, places and what is remembered of it included."""
    marks = [
        (document.at, list(document.marks.places), sorted(document.marks.keys), document.loud)
        for document in documents
    ]
    places = [document.locate(("b", 0), value=True) for document in documents if document.value]
    return [repr(document.value) for document in documents], marks, places, problems


@pytest.mark.skipif(sys.platform != "linux", reason="nothing is forked elsewhere")
@pytest.mark.parametrize("fate", ["well", "killed", "unwaited"])
def test_what_others_read_is_what_is_read_here(fate: str) -> None:
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", PROBE, fate], cwd=root, check=True, capture_output=True, text=True
    )
    processors = min(4, len(os.sched_getaffinity(0)))
    assert run.stdout.split() == ["1", str(processors - 1)]
    assert run.stderr == ""


@pytest.mark.parametrize("handed", [b"", b"\xe9", b"nonsense", b"[\x01\x00\x00\x00N"])
def test_a_process_that_hands_back_nothing_of_use_costs_only_time(handed: bytes) -> None:
    ours, theirs = os.pipe()
    os.write(theirs, handed)
    os.close(theirs)
    process = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 1"], {})
    assert len([*read_all(FILES, [Helper(process, ours)])]) == len(FILES)


def test_where_no_process_could_be_begun_all_is_read_here() -> None:
    assert [told(*read) for read in read_all(FILES, [None, None])] == [
        told(*read) for read in read_all(FILES)
    ]


HELPED = """
import os, signal, sys, threading
from reconcile.yaml_source.parallel import helpers

PARENT = os.getpid()

class Endless(list):
    def __getitem__(self, at):
        return Endless(super().__getitem__(at))

    def __iter__(self):
        if os.getpid() != PARENT:
            threading.Event().wait()  # a share that is never read to its end
        return super().__iter__()

begun = helpers(Endless([("a.yaml", b"a: 1")] * 8), worth=1)
print("begun", *(helper.process for helper in begun if helper), flush=True)
exec(sys.argv[1])
"""


@pytest.mark.parametrize(
    "ending",
    [
        "os.kill(PARENT, signal.SIGKILL)",
        "os.kill(PARENT, signal.SIGTERM)",
        "os._exit(3)",
        "raise ValueError",
        "sys.exit()",
    ],
)
def test_a_helper_does_not_outlive_the_process_that_it_helps(ending: str) -> None:
    """An end of a pipe is held by the process and, as a copy, by each helper: it closes with the last."""
    read, held = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", HELPED, ending],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=[held],
    ) as process:
        os.close(held)
        told = process.stdout.readline().split() if process.stdout else []
    gone, _, _ = select.select([read], [], [], 30)
    os.close(read)
    for helper in () if gone else told[1:]:
        os.kill(int(helper), signal.SIGKILL)
    assert gone, f"still there: {told}"
    assert told[:1] == [b"begun"]
