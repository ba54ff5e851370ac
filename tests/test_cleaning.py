"""No leaf of a document holds a secret that the run knows, and no digest tells of the cleaning."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.support.values import HERE, address

from reconcile.cleaning import shown_clean, words_clean
from reconcile.model import Change, Json, Noted, Origin, Problem, Request
from reconcile.planfile.approval import approved
from reconcile.planfile.json_form import json_text, to_json
from reconcile.planfile.read import read_document
from reconcile.planfile.write import RunInfo, document
from reconcile.planning.contents import Blocked, Operation, Outcome, Plan
from reconcile.reports.formats import FORMATS, render
from reconcile.transport import Redactor

SECRET = "Tr0ub&4dor\"<and>'3\n%41horses"
OF = RunInfo("1", "2026-12-01T09:00:00Z", "production", {"lamps": {"type": "lamps", "url": "https://x"}})


def knowing(*secrets: str) -> RunInfo:
    known = Redactor()
    known.add(*secrets)
    return OF._replace(clean=known.redact)


def plan_of(text: str) -> Plan:
    """A plan in which every place that takes a foreign text has this one."""
    body = {"note": text, text: {"inner": [text, 5]}}
    request = Request("lamps", "PATCH", f"/lamps/{text}", (("named", text),), body)
    changes = (
        Change(("note",), f"see {text} there", "new", HERE),
        Change(("bulbs", (text,)), {text: text}, None, HERE, entry=True, name=text),
        Change(("power",), "x" * 110 + text, "x", HERE, label="drift"),
    )
    return Plan(
        operations=(
            Operation(address("a"), "update", text, text, HERE, (request,), changes, (), "sha256:1"),
        ),
        blocked=(Blocked(address("b"), ("power",), text, text, f"why {text}", HERE, id=text, name=text),),
        finished=(Noted(address("c"), (), text, text, HERE),),
        dropped=(Noted(address("d"), ("note",), [text], text, HERE),),
        unverified=(Noted(address("e"), (text,), {"a": text}, text, HERE),),
        problems=(Problem("code", f"a warning of {text}", Origin(f"{text}.yaml", 3, 5), severity="warning"),),
    )


OUTCOMES = (Outcome(address("a"), "failed", "it said " + SECRET, 1, 0.5, {"rid": SECRET, SECRET: 7}),)


def leaves(value: Json) -> list[str]:
    if isinstance(value, dict):
        return [text for name, inner in value.items() for text in (name, *leaves(inner))]
    return [text for inner in value for text in leaves(inner)] if isinstance(value, list) else [str(value)]


def test_no_leaf_of_a_plan_or_of_a_record_holds_a_secret() -> None:
    whole = to_json(document(plan_of(SECRET), knowing(SECRET), OUTCOMES, (f"refused for {SECRET}",)))
    assert not [leaf for leaf in leaves(whole) if "Tr0ub" in leaf or "horses" in leaf]
    assert SECRET in "".join(leaves(to_json(document(plan_of(SECRET), OF, OUTCOMES))))


@pytest.mark.parametrize("format_", FORMATS)
def test_no_format_cuts_a_secret_in_two_or_spells_it_in_its_own_way(format_: str) -> None:
    for before in range(0, 1600, 97):
        told = document(plan_of("x" * before + SECRET), knowing(SECRET), OUTCOMES)
        text = render(format_, told)
        assert "Tr0ub" not in text
        assert "horses" not in text


def test_a_value_that_holds_a_secret_is_shown_as_sensitive_and_a_text_keeps_its_other_words() -> None:
    whole = document(plan_of(SECRET), knowing(SECRET), OUTCOMES)
    change = whole.operations[0].changes[0]
    assert (change.before, change.after, change.sensitive) == ({"sensitive": True}, "new", True)
    assert whole.outcomes is not None
    assert whole.outcomes[0].detail == "it said ***"
    assert whole.blocked[0].reason == "why ***"
    assert "keep it" in render("text", whole)
    assert 'keep it: power: "x' not in render("text", whole)


def test_a_number_that_is_a_secret_is_shown_as_one_and_the_document_stays_one() -> None:
    plan = plan_of("x")._replace(unchanged=())
    change = Change(("size",), 12345678, 1, HERE)
    (operation,) = plan.operations
    plan = plan._replace(operations=(operation._replace(id=12345678, changes=(change,)),))
    whole = json.loads(json_text(to_json(document(plan, knowing("12345678")))))
    assert whole["operations"][0]["id"] == "***"
    assert whole["operations"][0]["changes"][0]["before"] == {"sensitive": True}


def test_a_secret_that_is_a_word_of_the_document_does_not_make_it_another_one() -> None:
    for word in ("update", "drift", "failed", "PATCH", "before", "sensitive", "warning"):
        whole = to_json(document(plan_of("x"), knowing(word), OUTCOMES))
        assert read_document(json.dumps(whole).encode(), "plan.json")


def test_cleaning_changes_no_digest_and_a_clean_plan_is_approved() -> None:
    plan, dirty = plan_of(SECRET), to_json(document(plan_of(SECRET), OF))
    clean = to_json(document(plan, knowing(SECRET)))
    for digest in ("fingerprint",):
        assert clean[digest] == dirty[digest]
    assert clean["operations"][0]["precondition"] == dirty["operations"][0]["precondition"]
    saved = read_document(json_text(clean).encode(), "plan.json")
    assert approved(saved, plan, knowing(SECRET)).refused == {}


def test_a_run_that_knows_no_secret_and_one_that_finds_none_leave_the_document_as_it_is() -> None:
    plan = plan_of("nothing to see")
    assert document(plan, knowing(SECRET)) == document(plan, OF)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("a pw123 b", {"sensitive": True}),
        ({"pw123": [1, "pw123", None, True]}, {"***": [1, {"sensitive": True}, None, True]}),
        (["x", {"y": "z"}], ["x", {"y": "z"}]),
    ],
)
def test_only_the_part_of_a_value_that_holds_a_secret_is_hidden(given: Any, told: Any) -> None:
    assert shown_clean(given, knowing("pw123").clean) == told


def test_facts_keep_their_words_around_a_secret() -> None:
    given = {"systems": [{"detail": "not pw123", "ok": False, "port": 8080}]}
    told = words_clean(given, knowing("pw123").clean)
    assert told == {"systems": [{"detail": "not ***", "ok": False, "port": 8080}]}
