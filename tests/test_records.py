"""The plan document: every part of it as interface.md spells it, and never a secret."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from tests.support.documents import documents
from tests.support.values import HERE, address

from reconcile.cleaning import Clean
from reconcile.model import Change, Env, Json, Noted, Origin, Problem, Ref, Request, Secret
from reconcile.planfile.document import Document
from reconcile.planfile.json_form import json_text, to_json
from reconcile.planfile.record_parts import Kept, KeptField
from reconcile.planfile.sealing import written
from reconcile.planfile.write import RunInfo, document, failed
from reconcile.planning.contents import Blocked, Operation, Outcome, Plan

OF = RunInfo("0.1.0", "2026-12-01T09:00:00Z", "production", {"lamps": {"type": "lamps", "url": "https://x"}})
CHANGES = (
    Change(("note",), "old", "new", Origin("m.yaml", 8, 3)),
    Change(("bulbs", ("1", "red"), "lumen"), None, 5, Origin("m.yaml", 9)),
    Change(("bulbs", ("2",)), {"slot": 2}, None, Origin("m.yaml", 9), entry=True, name="Left"),
    Change(("room",), None, Ref(address("b")), HERE, label="drift"),
    Change(("pin",), Secret("canary-old"), Secret("canary-new"), HERE, sensitive=True),
)
REQUEST = Request(
    "lamps",
    "PATCH",
    "/lamps/1",
    (("dry", "no"),),
    {"note": "new", "pin": Secret("canary"), "room": Ref(address("b"))},
)
UPDATE = Operation(address("a"), "update", 1, "Desk", HERE, (REQUEST,), CHANGES, (address("b"),), "sha256:1")
CREATE = Operation(address("b"), "create", None, "b", HERE, (Request("lamps", "POST", "/lamps"),), ())
PLAN = Plan(
    operations=(CREATE, UPDATE),
    blocked=(Blocked(address("c"), ("power",), "ON", "OFF", "a lamp never cools down", HERE),),
    finished=(Noted(address("d"), (), None, "done for", HERE),),
    unverified=(Noted(address("e"), ("pin",), None, "never shown", HERE),),
    unchanged=(address("f"), address("g")),
    problems=(
        Problem("code", "words", Origin("m.yaml", 3, 5)),
        Problem("other", "more words", severity="warning"),
    ),
)


def whole(**more: Any) -> dict[str, Json]:
    return to_json(document(PLAN, OF, **more))


def test_a_document_says_by_whom_when_and_where_it_was_made() -> None:
    found = whole()
    assert {
        name: found[name] for name in ("format_version", "tool_version", "created_at", "environment")
    } == {
        "format_version": "1.1",
        "tool_version": "0.1.0",
        "created_at": "2026-12-01T09:00:00Z",
        "environment": "production",
    }
    assert (found["commit"], found["dirty"], found["base"]) == (None, False, None)
    assert found["systems"] == {"lamps": {"type": "lamps", "url": "https://x"}}


def test_the_summary_counts() -> None:
    summary = whole()["summary"]
    expected = {
        "create": 1,
        "update": 1,
        "delete": 0,
        "run": 0,
        "entries_removed": 1,
        "blocked": 1,
        "finished": 1,
        "unchanged": 2,
        "labels": {"change": 0, "drift": 1, "conflict": 0},
    }
    assert {name: summary[name] for name in expected} == expected


def test_an_operation_is_spelled_with_all_that_it_does() -> None:
    found = whole()["operations"][1]
    assert {
        name: found[name] for name in ("address", "action", "id", "name", "source", "needs", "precondition")
    } == {
        "address": "lamps/Lamp/a",
        "action": "update",
        "id": 1,
        "name": "Desk",
        "source": {"file": "m.yaml", "line": 1},
        "needs": ["lamps/Lamp/b"],
        "precondition": "sha256:1",
    }
    (request,) = found["requests"]
    assert (request["method"], request["path"]) == ("PATCH", "/lamps/1")


def test_a_value_that_is_not_known_yet_and_a_secret_are_words() -> None:
    (request,) = whole()["operations"][1]["requests"]
    assert request["body"] == {
        "note": "new",
        "pin": {"sensitive": True},
        "room": {"unknown": "lamps/Lamp/b"},
    }


def test_changes_are_spelled_with_their_paths_values_and_places() -> None:
    changes = whole()["operations"][1]["changes"]
    assert [(each["path"], each["before"], each["after"], each["label"]) for each in changes] == [
        ("note", "old", "new", None),
        ("bulbs[1,red].lumen", None, 5, None),
        ("bulbs[2]", {"slot": 2}, None, None),
        ("room", None, {"unknown": "lamps/Lamp/b"}, "drift"),
        ("pin", {"sensitive": True}, {"sensitive": True}, None),
    ]
    assert changes[0]["source"] == {"file": "m.yaml", "line": 8}
    assert [each["sensitive"] for each in changes] == [False, False, False, False, True]
    assert changes[2]["name"] == "Left"


def test_what_stands_beside_operations_is_spelled_with_its_reason() -> None:
    found = whole()
    (held,) = found["blocked"]
    assert {name: held[name] for name in ("address", "path", "before", "after", "reason", "source")} == {
        "address": "lamps/Lamp/c",
        "path": "power",
        "before": "ON",
        "after": "OFF",
        "reason": "a lamp never cools down",
        "source": {"file": "m.yaml", "line": 1},
    }
    assert [(each["address"], each["reason"]) for each in found["finished"]] == [("lamps/Lamp/d", "done for")]
    assert [(each["address"], each["path"]) for each in found["unverified"]] == [("lamps/Lamp/e", "pin")]
    assert found["dropped"] == []
    assert found["unchanged"] == ["lamps/Lamp/f", "lamps/Lamp/g"]


def test_problems_are_spelled_with_their_places() -> None:
    first, second = whole()["problems"]
    assert first["source"] == {"file": "m.yaml", "line": 3, "column": 5}
    assert (second["code"], second["severity"], second["source"]) == ("other", "warning", None)


def test_a_record_has_an_outcome_for_each() -> None:
    done = Outcome(address("a"), "done", "", 2, 1.5, {"lampId": 1})
    held = Outcome(address("c"), "blocked", "why")
    assert whole(outcomes=[done, held])["outcomes"] == [
        {
            "address": "lamps/Lamp/a",
            "status": "done",
            "detail": "",
            "requests_sent": 2,
            "seconds": 1.5,
            "result": {"lampId": 1},
        },
        {
            "address": "lamps/Lamp/c",
            "status": "blocked",
            "detail": "why",
            "requests_sent": 0,
            "seconds": 0.0,
            "result": {},
        },
    ]


def test_a_plan_has_no_outcomes_and_a_record_of_nothing_has_none_either() -> None:
    assert "outcomes" not in whole()
    assert whole(outcomes=[])["outcomes"] == []


def test_reasons_to_refuse_stand_in_the_record() -> None:
    assert whole(outcomes=[], refused=["frozen"])["refused"] == ["frozen"]


def test_a_failed_run_is_a_document_of_its_problems() -> None:
    found = to_json(failed(PLAN.problems, OF))
    assert [each["code"] for each in found["problems"]] == ["code", "other"]
    assert (found["operations"], found["unchanged"], found["summary"]["create"]) == ([], [], 0)


def test_no_document_holds_a_secret() -> None:
    assert "canary" not in json_text(whole(outcomes=[]))
    assert "canary" not in repr(whole())


def test_a_secret_still_in_the_environment_is_a_word_too() -> None:
    change = Change(("pin",), None, {"deep": [Env("CANARY")]}, HERE)
    found = document(Plan((Operation(address("a"), "create", None, "a", HERE, (), (change,)),)), OF)
    assert found.operations[0].changes[0].after == {"deep": [{"sensitive": True}]}


@pytest.mark.parametrize(
    "text", ["Grüße", "日本", "a\u202eb", "\x9b31m", "\ud800", "\u2028", "\x00", "\x7f", '"\\']
)
def test_a_document_is_json_whatever_it_holds_and_moves_no_terminal(text: str) -> None:
    found = json_text({"x": text})
    assert json.loads(found) == {"x": text}
    found.encode()
    assert all(char.isprintable() or char == "\n" for char in found)


@pytest.mark.parametrize("text", ["##[error]x", "é ##vso[x]", "a ###[b]"])
def test_a_document_holds_no_command_of_a_build_server(text: str) -> None:
    found = json_text({"x": text})
    assert json.loads(found) == {"x": text}
    assert not re.search(r"##\w*\[", found)


def test_letters_beyond_ascii_stay_readable() -> None:
    assert "Grüße" in json_text({"x": "Grüße"})


def test_the_same_plan_is_the_same_text() -> None:
    assert json_text(whole()) == json_text(whole())
    assert json_text(whole()).endswith("}\n")


KEPT = Kept(
    "Release", "flexdeploy/v1", 7, {"releaseName": "a"}, "done", (KeptField(("a",), "b"),), "c", ("d",)
)


@pytest.mark.parametrize(
    "clean", [str, lambda text: text.replace("a", "*")], ids=["nothing secret", "a secret"]
)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(documents())
def test_a_record_on_the_disk_is_the_record_that_the_caller_gets(clean: Clean, of: Document) -> None:
    kept = (each._replace(kept=KEPT if at % 2 == 0 else None) for at, each in enumerate(of.operations))
    whole = of._replace(operations=tuple(kept))
    found = written(whole, clean, [*map(to_json, of.operations)])
    assert found == written(whole, clean)
    assert json_text(found.said) == json_text(to_json(found.document))
