"""The schemas of what programs read, held against every plan document and event that a test has written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

from jsonschema import Draft7Validator, ValidationError

FOLDER = Path(__file__).parents[2] / "schema"


@cache
def validator_of(name: str) -> Draft7Validator:
    """What checks a document by the schema of that name."""
    return Draft7Validator(json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8")))


def hold_to_schema(printed: str, arguments: Sequence[str]) -> None:
    """Fail where a run printed, or kept, a plan document or an event that its schema does not allow."""
    for option, file in pairwise(arguments):
        if option not in ("--out", "--events"):
            continue
        kept = Path(file).read_text("utf-8", "replace") if Path(file).is_file() else ""
        text = printed if file == "-" else kept
        if option == "--out":
            _hold(text)
        if option == "--events" and text.startswith('{"event"'):
            hold_events(text)
    if "--events" not in arguments:
        _hold(printed)


def hold_events(stream: str) -> None:
    """Fail where a line of a stream is no event as the schema describes it."""
    wrong = [error.message for line in stream.splitlines() for error in _wrong("events", json.loads(line))]
    assert wrong == []


def _wrong(name: str, document: object) -> Iterable[ValidationError]:
    found: Iterable[ValidationError] = validator_of(name).iter_errors(document)
    return found


def _hold(text: str) -> None:
    """Check a text that is a plan document; what other commands print is none."""
    if '"format_version"' not in text:
        return
    try:
        document = json.loads(text)
    except ValueError:
        return
    if isinstance(document, dict) and {"summary", "operations"} & document.keys():
        wrong = [f"{error.json_path}: {error.message}" for error in _wrong("plan", document)]
        assert wrong == []
