"""The schema of the plan document, held against every document that a test has the tool write."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

from jsonschema import Draft7Validator

FILE = Path(__file__).parents[2] / "schema/plan.schema.json"


@cache
def _schema() -> Draft7Validator:
    return Draft7Validator(json.loads(FILE.read_text("utf-8")))


def hold_to_schema(printed: str, arguments: Sequence[str]) -> None:
    """Fail where a run printed, or saved to `--out`, a plan document that the schema does not allow."""
    _hold(printed)
    for option, file in pairwise(arguments):
        if option == "--out" and Path(file).is_file():
            _hold(Path(file).read_text("utf-8", "replace"))


def _hold(text: str) -> None:
    """Check a text that is a plan document; what other commands print is none."""
    if '"format_version"' not in text:
        return
    try:
        document = json.loads(text)
    except ValueError:
        return
    if isinstance(document, dict) and {"summary", "operations"} & document.keys():
        wrong = [f"{error.json_path}: {error.message}" for error in _schema().iter_errors(document)]
        assert wrong == []
