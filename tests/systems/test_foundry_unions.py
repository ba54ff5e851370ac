"""A union of a newer Foundry keeps what no manifest can write, where it stays of its type."""

from __future__ import annotations

import pytest

from reconcile.model import Json
from reconcile.systems.foundry.unions import carried, union

TIME = {"type": "time", "cronExpression": "0 6 * * *", "timeZone": "UTC"}
LOGIC = {"type": "newLogic", "datasetRid": "ri.foundry.main.dataset.a", "branchName": "master"}
LATER = {"later": {"a": 1}}


@pytest.mark.parametrize(
    ("want", "have", "said"),
    [
        (TIME, {**TIME, **LATER}, {**TIME, **LATER}),
        ({**TIME, "timeZone": "CET"}, {**TIME, **LATER}, {**TIME, "timeZone": "CET", **LATER}),
        (LOGIC, {**TIME, **LATER}, LOGIC),
        (None, {**TIME, **LATER}, None),
        (TIME, None, TIME),
        (
            {"type": "or", "triggers": [LOGIC, TIME]},
            {"type": "or", "triggers": [{**TIME, **LATER}, {**LOGIC, "other": 2}], **LATER},
            {"type": "or", "triggers": [{**LOGIC, "other": 2}, {**TIME, **LATER}], **LATER},
        ),
        (
            {"type": "or", "triggers": [TIME]},
            {"type": "or", "triggers": [{**LOGIC, **LATER}]},
            {"type": "or", "triggers": [TIME]},
        ),
    ],
)
def test_a_union_keeps_what_its_live_one_has_besides(want: Json, have: Json, said: Json) -> None:
    assert carried(want, have) == said
    assert union(carried(want, have)) == union(want)
