"""Whatever drifted, in whatever style its manifest is written: accept takes it over or says why not."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.tool import Ran
from tests.support.styled import Hand, spelled
from tests.support.today import Today
from tests.support.today.projects import begin
from tests.trust.figures import figure, seeds

from reconcile.fields.walk import misshapen
from reconcile.provider import BadAnswer, Kind
from reconcile.reports.common.escape import inert
from reconcile.yaml_source import read_documents

from .hostile import VALUES, places, put
from .shown import EVERY, Row, Shown, reconcile

OBJECTS = 12
AT_USE, AT_VARIABLE = ("--at", "use"), ("--at", "variable")
REFUSED = re.compile(r"^\S+?:\d+:\d+: (\S+?/\S+?/\S+) (.+?): not accepted: ", re.MULTILINE)


def declared(folder: Path, draw: Hand, documents: list[Any]) -> None:
    """Write manifests into a few files, as several people would."""
    (folder / "manifests/all.yaml").unlink(missing_ok=True)
    for number in range(0, len(documents), 5):
        text = spelled(draw, documents[number : number + 5])
        mark = draw.choice(("", "", "\ufeff"))
        (folder / f"manifests/m{number}.yaml").write_bytes((mark + text).encode())


def with_variables(folder: Path, draw: Hand, documents: list[Any]) -> tuple[str, ...]:
    """Put variables in the place of some values, of all environments or of one; return the flags for it."""
    project = json.loads((folder / "reconcile.yaml").read_text())
    environments = {"staging": {"variables": {}}, "production": {}} if draw.random() < 0.5 else {}
    own = environments["staging"]["variables"] if environments else {}
    variables: dict[str, Any] = {}
    for number, document in enumerate(documents):
        for field, value in document["spec"].items():
            if draw.random() < 0.1 and not isinstance(value, dict | list):
                name = f"v{draw.choice((number, field))}"
                known = {**variables, **own}
                if known.get(name, value) == value:
                    draw.choice((variables, own if environments else variables)).setdefault(name, value)
                    document["spec"][field] = {"var": name}
    (folder / "reconcile.yaml").write_text(
        json.dumps({**project, "variables": variables, "environments": environments})
    )
    return ("--env", "staging") if environments else ()


def drifted(draw: random.Random, shown: Shown, row: Row) -> Row:
    """Return a row of which one to three fields have another value, which can be read."""
    fields = [place for place in places(shown.kind.table, row) if place[0] not in shown.kind.key]
    for place in draw.sample(fields, min(len(fields), draw.randrange(1, 4))):
        there = (shown.spelled.get(place[0], place[0]), *place[1:])
        try:
            changed = put(row, there, copy.deepcopy(draw.choice(VALUES)))
        except (TypeError, LookupError):
            continue
        row = changed if _is_readable(shown.kind, changed) else row
    return row


def _is_readable(kind: Kind, row: Row) -> bool:
    try:
        return misshapen(kind.table, kind.read(row).fields) is None
    except BadAnswer:
        return False


def differing(ran: Ran) -> Iterator[tuple[str, str]]:
    """Yield the address and the path of each difference, as they are printed."""
    for each in ran.document["operations"]:
        yield from ((each["address"], inert(change["path"])) for change in each["changes"])
    yield from ((each["address"], inert(each["path"])) for each in ran.document["blocked"])


@pytest.mark.parametrize("seed", seeds(figure(test=1, mutants=1, deep=170)))
@pytest.mark.parametrize("shown", EVERY, ids=lambda shown: shown.what)
def test_whatever_drifted_is_taken_over_or_refused_with_a_reason(
    today: Today, tmp_path: Path, shown: Shown, seed: int
) -> None:
    draw = Hand(f"{shown.what} {seed}")
    rows = [shown.row(number) for number in range(1, OBJECTS + 1)]
    shown.keep(today, rows)
    begin(tmp_path, today)
    what = [shown.what] if shown.kind.listed else [f"{shown.what}/{row['rid']}" for row in rows]
    exported = reconcile(tmp_path, "export", *what)
    documents, problems = read_documents(exported.out.encode(), "all.yaml")
    assert (len(documents), problems) == (OBJECTS, ())
    manifests = [document.value for document in documents]
    where = with_variables(tmp_path, draw, manifests)
    declared(tmp_path, draw, manifests)
    same = reconcile(tmp_path, "plan", *where)
    assert (same.code, same.told) == (0, "No changes.\n"), same.out + same.err
    shown.keep(today, [drifted(draw, shown, row) for row in rows])
    before = {*differing(reconcile(tmp_path, "plan", "-o", "json", *where))}

    words = ("accept", "--target", f"{shown.what}/*", *where, *draw.choice(((), AT_USE, AT_VARIABLE)))
    ran = reconcile(tmp_path, *words)
    refused = {*REFUSED.findall(ran.err)}
    assert ran.code == (4 if refused else 0), ran
    assert refused <= before, ran
    left = {*differing(reconcile(tmp_path, "plan", "-o", "json", *where))}
    assert left <= refused, ran
    again = reconcile(tmp_path, *words)
    assert (again.code, again.out) == (ran.code, ""), again
