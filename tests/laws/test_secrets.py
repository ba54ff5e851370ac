"""A secret in any text of any kind reaches its system and nothing else: no output, no file, no error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.integration.tool import Ran, run

from reconcile.fields.forms import instant
from reconcile.fields.table import Table
from reconcile.systems import Installed

from .bench import Bench
from .cases import Case
from .test_switches import FULLEST

FORMED = {
    "scheduleBuildExpression": "0 17 4 ? * TUE",
    "startTime": "2031-02-03",
    "endTime": "2031-02-04",
    "pipelineName": "Test Pipeline",
    "unit": "HOURS",
}
"""Texts that a server takes only in a form of their own, in one that nothing else here has."""

SECRET = {"env": "CANARY"}

CREDENTIALS = ("token=demo", "OmRlbW8=", "ZGVtbzpkZW1v", "Bearer demo")


def texts(table: Table, key: tuple[str, ...], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every text that may be a secret: no key, no instant, entries of lists apart."""
    for name, row in table.rows.items():
        if row.shape == "object" and row.table is not None:
            yield from texts(row.table, (), (*path, name))
        elif row.is_text and name not in key and row.refers_to is None and row.form is not instant:
            yield (*path, name)


def places() -> Iterator[Any]:
    for case in FULLEST:
        kind = Installed()[case.system].kind(case.kind)
        assert kind is not None
        for path in texts(kind.table, kind.key):
            if case.kind not in {"Project", "ScheduleRun"} and not kind.scope(with_secret({}, path, "text")):
                yield pytest.param(case, path, id=f"{case.kind} {'.'.join(path)}")


def with_secret(spec: Any, path: tuple[str, ...], secret: Any = SECRET) -> Any:
    name, rest = path[0], path[1:]
    inner = with_secret(spec.get(name) or {}, rest, secret) if rest else secret
    return {**spec, name: inner}


@pytest.mark.parametrize(("case", "path"), [*places()])
def test_a_secret_in_a_text_reaches_its_system_and_nothing_else(
    bench: Bench, case: Case, path: tuple[str, ...]
) -> None:
    canary = FORMED.get(path[-1], "canary-7f3a91")
    bench.start(case.state)
    bench.declare({**case.manifest, "spec": with_secret(case.spec, path)})
    said = list(told(bench, canary))
    assert [ran.code for ran in said] == [0, 0, 0, 0, 0], said[2]
    assert said[-1].told == "No changes.\n"
    assert canary in json.dumps(bench.sandbox.state[case.system])
    assert not [ran for ran in said for secret in (canary, *CREDENTIALS) if secret in ran.out + ran.err]
    kept = [file.read_text() for file in bench.folder.rglob("*") if file.is_file() and file.suffix != ".yaml"]
    assert kept
    assert not [text for text in kept for secret in (canary, *CREDENTIALS) if secret in text]


def told(bench: Bench, canary: str) -> Iterator[Ran]:
    """All that is printed on the way to "No changes."."""
    saved, record = str(bench.folder / "plan.json"), str(bench.folder / "record.json")
    for words in (
        ("plan", "-v", "--out", saved),
        ("show", saved),
        ("apply", "--yes", "-v", "--out", record),
        ("show", record, "-o", "json"),
        ("plan",),
    ):
        environment = {"DEMO": "demo", "CANARY": canary, "PATH": "/usr/bin:/bin"}
        yield run("-C", str(bench.folder), *words, environment=environment)


def test_a_branch_takes_no_secret_as_it_says_where_a_schedule_is_looked_for(bench: Bench) -> None:
    case = next(case for case in FULLEST if case.kind == "Schedule")
    bench.start(case.state)
    bench.declare({**case.manifest, "spec": with_secret(case.spec, ("action", "branchName"))})
    planned = next(told(bench, "main"))
    assert planned.code == 1
    assert "`branchName` takes no secret: what it identifies is shown" in planned.err
