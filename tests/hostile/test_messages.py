"""Whatever the tool can say of a bad file or a bad answer is said in messages.txt, where it can be read."""

from __future__ import annotations

import re

import pytest
import yaml

from .corpus import HERE
from .naming import every_name
from .snapshot import REWRITE, Snapshot, words
from .wordings import codes, wordings

pytestmark = pytest.mark.skipif(REWRITE, reason="messages.txt is being written")

KNOWN = Snapshot().known
TOLD = words(KNOWN)
UNSAID: dict[str, list[str]] = yaml.safe_load((HERE / "unsaid.yaml").read_text("utf-8"))
SILENT_CODES = {
    "usage", "limit-files", "limit-bytes", "changed", "no-libyaml", "no-such-name", "end-before-start",
    "known-nothing", "known-too-long", "known-other", "known-secret", "known-over", "suspend-over",
    "outer-base", "package-fault", "unusable-package",
    "freeze", "freeze-target", "fires-in-freeze", "no-record", "shared",
}  # fmt: skip
"""In JSON only; too much for a test; of a changing file; of another PyYAML; of live names; warnings; those of
known differences, freezes, records and accept have tests and scenarios of their own."""

_LONGEST = 1_600


def test_each_problem_code_is_said_by_some_case() -> None:
    assert len(codes()) >= 60
    assert codes() - set(re.findall(r"\[([a-z-]+)\]$", TOLD, re.MULTILINE)) <= SILENT_CODES


def test_each_wording_of_the_source_is_said_by_some_case_or_listed_as_unsaid() -> None:
    listed = {text for texts in UNSAID.values() for text in texts}
    said = {text for texts in wordings().values() for text in texts if text in TOLD}
    every = {text for texts in wordings().values() for text in texts}
    assert every - said - listed == set(), "add a case that says it, or a reason to unsaid.yaml"
    assert listed - every == set(), "the source says it no more: take it out of unsaid.yaml"
    assert listed & said == set(), "a case says it by now: take it out of unsaid.yaml"


def test_the_snapshot_has_a_section_for_each_case_and_no_other() -> None:
    assert list(KNOWN) == every_name()


def test_each_message_is_one_line_that_a_person_can_read() -> None:
    for line in TOLD.splitlines():
        assert line.isprintable() or "\u00a0" in line
        assert len(line) < _LONGEST
        assert "a fault of reconcile itself" not in line
