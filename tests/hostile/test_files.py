"""Files that a newcomer, a tired author or an attacker could have written, given to the real command line."""

from __future__ import annotations

import json
import os
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.integration.tool import Ran, run

from .corpus import FILES, Case, cases
from .playing import ENVIRONMENT, Site, lines_of
from .snapshot import Snapshot

CASES = cases()
_PROBLEM = re.compile(r"^(?:(?P<place>[^:\n]+:\d+:\d+): )?(?P<words>.+) \[(?P<code>[a-z-]+)\]$")
MANY = 30
"""More problems than this are counted, and their first and last words kept."""

NOBODY = 65534
_OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_ENDED = {0, 1, 2, 3, 4, 64}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_hostile_file_is_met_with_words_and_without_a_write(
    case: Case, site: Site, snapshot: Snapshot
) -> None:
    runs = site.play(case)
    for ran in runs:
        assert ran.code == case.exit, ran
        _is_presentable(ran)
        assert _told(ran) == sorted(case.expect), ran
    assert len(site.writes()) == case.writes, site.writes()
    assert case.contacts or site.sent() == []
    said = list(dict.fromkeys(line for ran in runs for line in lines_of(ran)))
    snapshot.check(str(case), said if len(said) <= MANY else (*said[:2], "…", said[-1]), site.root)


def _is_presentable(ran: Ran) -> None:
    """No traceback, no secret, nothing that a terminal or a build server would obey; JSON where asked for."""
    assert ran.code in _ENDED
    out = ran.out.replace("\r\n", "\n") if "ics" in ran.arguments else ran.out
    for text in (out, ran.err):
        assert "Traceback" not in text
        assert "canary" not in text
        assert {char for char in text if unicodedata.category(char) in _OBEYED} <= {"\n"}
        assert not re.search(r"^\s*::|##\w*\[", text, re.MULTILINE)
    if "json" in ran.arguments:
        assert isinstance(json.loads(ran.out), dict)


def _told(ran: Ran) -> list[str]:
    """Each problem as `file:line:column code`; as its code alone where it is of no file."""
    if "json" in ran.arguments and ran.out:
        problems = json.loads(ran.out).get("problems", ())
        assert all(set(problem) >= {"code", "message", "source"} for problem in problems)
    found = [_PROBLEM.match(line) for line in ran.err.splitlines() if line.endswith("]")]
    told = sorted(f"{match['place'] or ''} {match['code']}".strip() for match in found if match)
    return told if len(told) <= MANY else [f"{len(told)} problems"]


def test_the_json_document_names_the_same_problems(site: Site) -> None:
    case = next(case for case in CASES if case.name == "three mistakes in one file")
    validated, planned, _ = site.play(case)
    listed = [
        f"{p['source']['file']}:{p['source']['line']}:{p['source']['column']} {p['code']}"
        for p in planned.document["problems"]
    ]
    assert sorted(listed) == _told(validated)


def test_there_are_many_and_no_two_are_one() -> None:
    assert len(CASES) >= 100
    assert [name for name, times in Counter(map(str, CASES)).items() if times > 1] == []
    kinds = {repr((c.manifest, c.files, c.project, c.plan, c.run, c.live, c.environment)) for c in CASES}
    assert len(kinds) == len(CASES)


def test_what_this_user_may_not_read_is_told() -> None:
    with tempfile.TemporaryDirectory() as name, _as_nobody(Path(name)) as folder:
        ran = run("-C", str(folder), "validate", environment=ENVIRONMENT)
    advice = "cannot be read (Permission denied): let this user read it [unreadable]"
    assert ran.err.splitlines() == [
        f"manifests/b.yaml:1:1: the file {advice}",
        f"manifests/theirs:1:1: the folder {advice}",
    ]


@contextmanager
def _as_nobody(folder: Path) -> Iterator[Path]:
    """A project with a file and a folder that are closed even to root, who gives up its rights meanwhile."""
    theirs, file = folder / "manifests" / "theirs", folder / "manifests" / "b.yaml"
    theirs.mkdir(parents=True)
    file.write_text("a: [\n")
    (folder / "reconcile.yaml").write_text("version: 1\nsystems: {}\n")
    run("-C", str(folder), "validate", environment=ENVIRONMENT)  # imports what nobody else may read
    folder.chmod(0o755)
    theirs.chmod(0)
    file.chmod(0)
    owner = os.geteuid()
    os.seteuid(owner or NOBODY)
    try:
        yield folder
    finally:
        os.seteuid(owner)
        theirs.chmod(0o700)


def test_every_table_is_read() -> None:
    assert {case.table for case in CASES} == {table.stem for table in FILES.glob("*.yaml")}
