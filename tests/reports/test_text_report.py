"""The text report, to the letter: what people read, grep for, and paste."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.support.documents import STRINGS, values
from tests.support.values import address
from tests.support.values import operation as an_operation

from reconcile.execution.scheduler import Scheduler
from reconcile.model import Change, FieldPath, Json, Label, Noted, Origin, Problem, Ref, Request, Secret
from reconcile.planfile.document_parts import DocumentProblem, Source
from reconcile.planfile.write import RunInfo, document
from reconcile.planning.contents import Blocked, Operation, Outcome, Plan, Unread
from reconcile.reports.common.blocked_text import held_up
from reconcile.reports.common.keep_line import keep
from reconcile.reports.formats import Options
from reconcile.reports.formats import render as in_format
from reconcile.reports.text import problem_lines, render
from reconcile.yaml_source import read_value

TRAIN = Origin("manifests/train.yaml", 1)
OF = RunInfo("0.1.0", "2026-12-01T09:00:00Z")


def change(
    path: Any, before: Json, after: Json, line: int, label: Label | None = None, **more: Any
) -> Change:
    return Change(path, before, after, Origin("manifests/train.yaml", line), label, **more)


def operation(where_: str, method: str, *changes: Change, **more: Any) -> Operation:
    where = address(where_, "Release", "flexdeploy")
    requests = (Request("flexdeploy", method, "/releases"),)
    plain = Operation(where, "update", 12101, "REST Release 1", TRAIN, requests, changes)
    return plain._replace(**more)


def text(*operations: Operation, **more: Any) -> list[str]:
    return render(document(Plan(operations, **more), OF)).splitlines()


def columns(line: str) -> list[str]:
    """The parts of a line, however far apart they stand."""
    return [part for part in line.replace("   ", "\t").split("\t") if part.strip()]


UPDATE = operation(
    "spring-train",
    "PUT",
    change(("description",), "by hand", "ours", 8, "drift"),
    change(
        ("projects", ("13921", "Package2")),
        {"projectId": 13921, "packageName": "Package2", "priority": 1},
        None,
        11,
        "change",
        entry=True,
        name="RESTDeployPartialProject",
    ),
)


def test_an_update_shows_what_is_where_whose_and_how_to_keep_it() -> None:
    head, first, kept, entry, empty, last = text(UPDATE)
    assert head.startswith("~ flexdeploy/Release/spring-train  (REST Release 1, 12101)  PUT ")
    assert head.endswith(" manifests/train.yaml:1")
    assert first.split() == ["description", '"by', 'hand"', "->", '"ours"', "drift", "manifests/train.yaml:8"]
    assert first.startswith('    description     "by hand" -> "ours" ')
    assert kept == '                    keep it: description: "by hand"'
    assert entry.startswith("  - projects[13921,Package2]  RESTDeployPartialProject ")
    assert entry.split()[-2:] == ["change", "manifests/train.yaml:11"]
    assert empty == ""
    assert last == "Plan: 0 to create, 1 to change, 0 to delete (1 entry removed), 0 to run, 0 blocked."


def test_labels_and_places_stand_below_each_other() -> None:
    head, first, _, entry, *_ = text(UPDATE)
    assert first.index("drift") == entry.index("change")
    assert len({line.index("manifests/train.yaml") for line in (head, first, entry)}) == 1


def test_without_a_base_there_are_no_labels_and_nothing_to_keep() -> None:
    lines = text(operation("a", "PATCH", change(("pipelineId",), None, 67890, 3)))
    assert lines[1].split() == ["pipelineId", "none", "->", "67890", "manifests/train.yaml:3"]
    assert not any("keep it" in line for line in lines)


def test_a_create_shows_what_it_writes() -> None:
    created = operation(
        "a",
        "POST",
        change(("releaseName",), None, "a", 4),
        change(("projects", ("1",)), None, {"projectId": 1, "projectStreamId": 9}, 5, entry=True),
        action="create",
        id=None,
        name="a",
    )
    lines = text(created)
    assert lines[0].startswith("+ flexdeploy/Release/a  (a)  POST ")
    assert lines[1].split() == ["releaseName", '"a"', "manifests/train.yaml:4"]
    assert lines[2].startswith("  + projects[1]  projectStreamId: 9 ")
    assert lines[-1] == "Plan: 1 to create, 0 to change, 0 to delete, 0 to run, 0 blocked."


def test_an_object_that_somebody_deleted_is_kept_away_by_no_field_of_it() -> None:
    created = operation(
        "a", "POST", change(("releaseName",), None, "a", 4, "drift"), action="create", id=None
    )
    assert not any("keep it" in line for line in text(created))


def test_a_delete_and_a_run_have_signs_of_their_own() -> None:
    gone = operation("a", "DELETE", change(("absent",), "Old", None, 3), action="delete")
    run = operation("b", "POST", action="run")
    lines = text(gone, run)
    assert lines[0].startswith("- flexdeploy/Release/a  (REST Release 1, 12101)  DELETE ")
    assert any(line.startswith("> flexdeploy/Release/b ") for line in lines)
    assert lines[-1] == "Plan: 0 to create, 0 to change, 1 to delete, 1 to run, 0 blocked."


def test_names_stand_beside_the_ids_that_they_belong_to() -> None:
    lines = text(operation("a", "PATCH", change(("pipelineId",), 10004, 10005, 3, name="Simple Pipeline")))
    assert "10004 (Simple Pipeline) -> 10005" in lines[1]


def test_the_name_of_an_entry_stands_beside_its_path_and_never_beside_a_value() -> None:
    path = ("projects", ("6789",), "priority")
    line = text(operation("a", "PATCH", change(path, 2, 1, 34, name="REST Project 3", within=True)))[1]
    assert line.startswith("    projects[6789].priority (REST Project 3) 2 -> 1 ")


def test_several_requests_of_one_method_are_named_once() -> None:
    requests = tuple(Request("x", method, "/") for method in ("PATCH", "POST", "POST"))
    assert "  PATCH POST " in text(operation("a", "PATCH", requests=requests))[0]


def test_what_is_blocked_stands_with_its_reason_and_place() -> None:
    held = Blocked(
        address("uat", "Run", "brpm"),
        ("state",),
        "cancelled",
        "started",
        "cancelled, wanted started: no event leads there",
        Origin("manifests/uat.yaml", 14),
    )
    line, _, last = text(blocked=(held,))
    assert columns(line) == [
        "! brpm/Run/uat  state  cancelled, wanted started: no event leads there",
        " manifests/uat.yaml:14",
    ] or line.split("  ")[0:3] == [
        "! brpm/Run/uat",
        "state",
        "cancelled, wanted started: no event leads there",
    ]
    assert line.endswith("manifests/uat.yaml:14")
    assert last == "Plan: 0 to create, 0 to change, 0 to delete, 0 to run, 1 blocked."


def held(reason: str, path: FieldPath, before: Json, after: Json, **more: Any) -> str:
    """The line of something blocked, without its place."""
    item = Blocked(address("a"), path, before, after, reason, TRAIN)._replace(**more)
    return text(blocked=(item,))[0].removesuffix("manifests/train.yaml:1").rstrip()


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("d", "x", 'description  "d" -> "x": suspended: INC-4711'),
        (None, "x", 'description  none -> "x": suspended: INC-4711'),
        (Secret("canary"), Secret("x"), "description  (sensitive) -> (sensitive): suspended: INC-4711"),
        (1, Ref(address("b")), "description  1 -> (id of lamps/Lamp/b): suspended: INC-4711"),
    ],
)
def test_a_suspended_difference_shows_what_differs(before: Json, after: Json, words: str) -> None:
    assert held("suspended: INC-4711", ("description",), before, after) == f"! lamps/Lamp/a  {words}"


def test_a_suspended_entry_says_which_way_it_would_go() -> None:
    path = ("projects", ("6789",))
    coming = held("suspended: INC-1", path, None, {"projectId": 6789})
    going = held("suspended: INC-1", path, {"projectId": 6789}, None, name="REST Project 3")
    assert coming == "! lamps/Lamp/a  projects[6789]  to be added: suspended: INC-1"
    assert going == "! lamps/Lamp/a  projects[6789]  to be removed: suspended: INC-1  (REST Project 3)"


def test_what_only_a_replacement_clears_shows_what_is_live() -> None:
    line = held("only a PUT removes, and it resets properties", ("description",), "old", None)
    assert line == '! lamps/Lamp/a  description  "old" -> none: only a PUT removes, and it resets properties'


def test_a_reason_that_tells_the_values_itself_stands_alone() -> None:
    line = held("cancelled, wanted started: no event leads there", ("state",), "cancelled", "started")
    assert line == "! lamps/Lamp/a  state  cancelled, wanted started: no event leads there"


def test_a_tombstone_shows_the_live_name_and_id() -> None:
    line = held("a tombstone: it is deleted only with --prune", ("absent",), "UAT", None, id=17)
    assert line == "! lamps/Lamp/a  absent  a tombstone: it is deleted only with --prune  (UAT, 17)"


def test_what_is_finished_or_unverified_is_no_change() -> None:
    lines = text(
        finished=(Noted(address("a"), (), None, "the release is COMPLETED", TRAIN),),
        unverified=(Noted(address("b"), ("pin",), None, "never shown", TRAIN),),
    )
    assert lines[0].startswith("= lamps/Lamp/a  the release is COMPLETED ")
    assert lines[1].startswith("? lamps/Lamp/b  pin  never shown ")
    assert lines[-1] == "No changes."


def test_no_changes_stands_alone() -> None:
    assert render(document(Plan(unchanged=(address("a"),)), OF)) == "No changes.\n"


@pytest.mark.parametrize(
    ("count", "words"), [(0, ""), (1, " (1 entry removed)"), (2, " (2 entries removed)")]
)
def test_the_last_line_counts_entries_that_go(count: int, words: str) -> None:
    entries = [change(("projects", (str(n),)), {"projectId": n}, None, 3, entry=True) for n in range(count)]
    line = text(operation("a", "PUT", change(("description",), "x", None, 2), *entries))[-1]
    assert line == f"Plan: 0 to create, 1 to change, 0 to delete{words}, 0 to run, 0 blocked."


def test_a_secret_is_a_word_on_both_sides() -> None:
    secret = change(("pin",), Secret("canary"), Secret("canary"), 3, sensitive=True)
    lines = text(operation("a", "PATCH", secret))
    assert "(sensitive) -> (sensitive)" in lines[1]
    assert "canary" not in "".join(lines)


OUTCOMES = [
    Outcome(address("a"), "done", "", 1, 0.34, {"lampId": 7}),
    Outcome(address("b"), "done", "", 2, 12.0),
    Outcome(address("c"), "failed", "400 Bad Request: no", 1, 0.1),
    Outcome(address("d"), "skipped", "needs lamps/Lamp/c, which is failed"),
]


def test_an_apply_ends_with_a_line_that_counts() -> None:
    lines = render(document(Plan(), OF, OUTCOMES)).splitlines()
    assert lines[-1] == "Apply: 2 done, 1 failed, 1 skipped, 0 unknown, 0 blocked."
    assert "done       lamps/Lamp/a  1 request, 0.3 s  lampId 7" in lines
    assert "done       lamps/Lamp/b  2 requests, 12.0 s" in lines
    assert "failed     lamps/Lamp/c  1 request, 0.1 s  400 Bad Request: no" in lines
    assert "skipped    lamps/Lamp/d  nothing sent  needs lamps/Lamp/c, which is failed" in lines


def test_rarer_outcomes_are_counted_on_the_line_before_the_last_which_stays_as_it_is() -> None:
    rare = [Outcome(address("a"), status) for status in ("unchanged", "unsettled", "refused", "not_begun")]
    assert render(document(Plan(), OF, rare)).splitlines()[-2:] == [
        "1 refused, 1 unsettled, 1 already as wanted, 1 not begun.",
        "Apply: 0 done, 0 failed, 0 skipped, 0 unknown, 0 blocked.",
    ]


def test_a_count_that_is_zero_has_no_line_before_the_last() -> None:
    assert render(document(Plan(), OF, OUTCOMES)).splitlines()[-2].startswith("Next: ")


def test_problems_are_lines_with_their_places() -> None:
    place = Source("a.yaml", 3, 5)
    problems = [
        DocumentProblem("x", "m", "error", place),
        DocumentProblem("y", "n", "warning", place),
        DocumentProblem("z", "o", "error", None),
    ]
    assert list(problem_lines(problems)) == ["a.yaml:3:5: m [x]", "a.yaml:3:5: warning: n [y]", "o [z]"]


@pytest.mark.parametrize(
    ("path", "before", "words"),
    [
        ("description", "by hand", 'description: "by hand"'),
        ("description", None, "description: null"),
        ("projects[1].priority", 5, "priority: 5"),
        ("cmsDetails.overrideSettings", True, "overrideSettings: true"),
        ("projects[1]", {"projectId": 1, "packageName": "a: b"}, '- {projectId: 1, packageName: "a: b"}'),
        ("projects[1]", {"projectId": 1, "priority": None}, "- {projectId: 1}"),
        ("projects[1]", None, "# nothing: take the entry out of the list"),
        ("pin", {"sensitive": True}, "pin: {env: NAME}"),
        ("releaseId", {"unknown": "katalon/Release/a"}, "releaseId: {ref: katalon/Release/a}"),
    ],
)
def test_what_to_write_to_keep_a_live_value(path: str, before: Json, words: str) -> None:
    assert keep(path, before) == words


@settings(max_examples=STRINGS, deadline=None, derandomize=True, database=None)
@given(values)
def test_what_is_to_be_kept_is_pasted_as_the_value_that_it_is(live: Json) -> None:
    """Whatever is live, however long: our own reader takes it back. Nulls inside say nothing, and go."""
    assume("\\ud" not in json.dumps(live) and "sensitive" not in json.dumps(live))
    line = keep("description", live)
    assert "\n" not in line
    assert read_value(line) == {"description": _said(live)}


def test_a_key_however_long_is_pasted_too() -> None:
    live = {"x" * 5_000: 1, "a": {"é" * 400: "b"}}
    assert read_value(keep("description", live)) == {"description": live}


def _said(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _said(inner) for name, inner in value.items() if inner is not None}
    return list(map(_said, value)) if isinstance(value, list) else value


def test_a_dropped_field_is_noted_with_what_is_live() -> None:
    reason = "no longer managed; write null to clear it"
    lines = text(dropped=(Noted(address("a"), ("title",), "Desk", reason, TRAIN),))
    assert lines == [f'. lamps/Lamp/a  title  "Desk"  {reason}  manifests/train.yaml:1', "", "No changes."]


def test_a_label_never_touches_the_place() -> None:
    lines = text(operation("a", "PUT", change(("description",), "x", "y", 8, "conflict")))
    assert "conflict  manifests/train.yaml:8" in lines[1]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"lamps/Lamp": 1}, ["1 live object is managed by no manifest: 1 lamps/Lamp."]),
        ({"a/B": 2, "c/D": 0, "e/F": None}, ["2 live objects are managed by no manifest: 2 a/B."]),
        ({"a/B": 0}, []),
        (None, []),
    ],
)
def test_what_no_manifest_manages_is_counted_above_the_last_line(
    counts: dict[str, int | None] | None, words: list[str]
) -> None:
    lines = render(document(Plan(), OF._replace(unmanaged=counts))).splitlines()
    assert lines == [*words, "No changes."]


def test_a_run_that_failed_shows_its_problems_and_no_count() -> None:
    problem = Problem("odd", "not so", Origin("a.yaml", 3, 5))
    assert render(document(Plan(problems=(problem,)), OF)) == "a.yaml:3:5: not so [odd]\n"


def test_what_will_be_skipped_says_so_under_its_operation() -> None:
    held = Blocked(address("c", "Release", "flexdeploy"), ("note",), 1, 2, "no event leads there", TRAIN)
    second = UPDATE._replace(address=address("b", "Release", "flexdeploy"), needs=(held.address,))
    lines = text(UPDATE, second, blocked=(held,))
    at = next(index for index, line in enumerate(lines) if "flexdeploy/Release/b" in line)
    assert lines[at + 1] == "    will be skipped: needs flexdeploy/Release/c, which is blocked"
    assert sum("skipped" in line for line in lines) == 1


@given(
    st.lists(st.lists(st.integers(0, 11), max_size=3), max_size=8), st.sets(st.integers(0, 11), max_size=3)
)
def test_a_plan_says_what_its_apply_skips(graph: list[list[int]], held: set[int]) -> None:
    """Operation n needs some of those before it, or what has no operation (8 and beyond)."""
    operations = [
        an_operation(str(n), *(str(need) for need in needs if need < n or need >= 8))
        for n, needs in enumerate(graph)
    ]
    stuck = [Blocked(address(str(n)), ("note",), 1, 2, "why", TRAIN) for n in sorted(held)]
    agenda = Scheduler(operations, stuck, {})
    while begun := agenda.ready():
        for each in begun:
            agenda.finish(Outcome(each.address, "done"))
    skipped = {
        str(outcome.address): outcome.detail for outcome in agenda.outcomes if outcome.status == "skipped"
    }
    assert held_up(document(Plan(tuple(operations), tuple(stuck)), OF)) == skipped


@pytest.mark.parametrize("format", ["markdown", "html"])
def test_what_will_be_skipped_stands_beside_the_counts_of_a_report(format: str) -> None:
    held = Blocked(address("a"), ("note",), 1, 2, "why", TRAIN)
    operations = (an_operation("b", "a"), an_operation("c", "b"))
    whole = document(Plan(operations, (held,)), OF)
    words = "Apply will skip lamps/Lamp/b, which needs lamps/Lamp/a, which is blocked, and 1 more."
    assert words in in_format(format, whole, Options(60_000))
    record = document(Plan(operations, (held,)), OF, outcomes=())
    assert "will skip" not in in_format(format, record, Options(60_000))


@pytest.mark.parametrize("status", ["failed", "unknown", "refused", "blocked", "skipped", "not_begun"])
def test_an_outcome_that_needs_somebody_says_where_its_manifest_stands(status: Any) -> None:
    outcomes = [Outcome(UPDATE.address, status, "why"), Outcome(UPDATE.address, "done")]
    needy, well, *_ = render(document(Plan((UPDATE,)), OF, outcomes)).split("\n\n")[-2].splitlines()
    assert needy.endswith("  why  manifests/train.yaml:1")
    assert "train.yaml" not in well


@pytest.mark.parametrize(
    ("label", "detail", "helps"),
    [
        (
            "conflict",
            "conflict on watts: live, base and manifests all differ; agree on a value, or apply with --force",
            "`reconcile plan --base abc` shows all three values; agree on one in the manifest, or take over "
            "live by `reconcile accept --base abc --only conflict`",
        ),
        (
            "change",
            "frozen by `xmas` (rest) until 2027: wait, or apply with --force",
            "wait: frozen by `xmas` (rest) until 2027",
        ),
        (
            "change",
            "it is not in the saved plan",
            "`reconcile plan --out FILE` makes a plan that fits, to be approved anew",
        ),
    ],
)
def test_what_helps_is_said_by_what_refused_an_operation(label: Any, detail: str, helps: str) -> None:
    train = operation("train", "PUT", change(("watts",), 1, 2, 3, label))
    whole = document(Plan((train,)), OF._replace(base="abc"), [Outcome(train.address, "refused", detail)])
    (line,) = (line for line in render(whole).splitlines() if line.startswith("Next: "))
    assert line == f"Next: {helps}."


def test_what_a_refusal_skipped_is_no_work_of_its_own() -> None:
    train, link = (
        operation(name, "PUT", change(("watts",), 1, 2, 3, "change")) for name in ("train", "link")
    )
    outcomes = [
        Outcome(train.address, "refused", "it is not in the saved plan"),
        Outcome(link.address, "skipped", "needs it"),
    ]
    (line,) = (
        each for each in render(document(Plan((train, link)), OF, outcomes)).splitlines() if "Next" in each
    )
    assert line == "Next: `reconcile plan --out FILE` makes a plan that fits, to be approved anew."


def test_the_next_step_after_a_part_is_about_that_part() -> None:
    train = operation("train", "PUT", change(("watts",), 1, 2, 3, None))
    of = OF._replace(command="drift", selected=(str(train.address),))
    assert f"`reconcile apply --target {train.address}` puts it back" in render(document(Plan((train,)), of))
    many = of._replace(selected=tuple(f"lamps/Lamp/{number}" for number in range(9)))
    assert "`reconcile apply PATH` puts it back" in render(document(Plan((train,)), many))


def test_a_drift_that_no_request_closes_can_be_taken_over() -> None:
    held = Blocked(address("train"), ("watts",), 1, 2, "suspended: INC-1", TRAIN)
    of = OF._replace(command="drift")
    assert "Next: `reconcile accept PATH` writes what is live into the manifests." in render(
        document(Plan(blocked=(held,)), of)
    )


@pytest.mark.parametrize(("code", "asks"), [("unreadable-live", True), ("no-such-name", False)])
def test_a_server_is_looked_at_where_it_did_not_answer_and_not_for_what_a_manifest_mends(
    code: str, asks: bool
) -> None:
    problem = Problem(code, "no project is named so", TRAIN)
    whole = document(Plan(problems=(problem,), not_read=(Unread(address("train"), problem),)), OF)
    assert ("reconcile doctor" in render(whole)) is asks


def test_a_plan_of_one_label_says_that_the_rest_is_left_out() -> None:
    text = render(document(Plan(), OF._replace(base="abc", only="conflict", command="drift")))
    assert "Planned only what is labelled conflict: the rest is left out.\nNo drift.\n" in text
