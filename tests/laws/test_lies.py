"""Answers that lie: the vendors' own samples among them. They are accepted, and never believed."""

from __future__ import annotations

from typing import Any

import pytest

from reconcile.laws.subject import left
from reconcile.model import Request

from .bench import Bench, Manifest, moved, named
from .cases import SCHEDULE, Case
from .test_resumption import begun, ends
from .test_switches import FULLEST

RELEASES: Manifest = {"pipelineId": 10004, "pipelineName": "Test Pipeline", "startDate": "2019-02-05"}
ENTRY: Manifest = {
    "projectGroups": None,
    "buildEnvironmentId": 10956,
    "applicationPath": "FlexDeploy/RESTTests",
}
FULL = {
    **ENTRY,
    "priority": 1,
    "projectId": 13903,
    "packageName": None,
    "requestAllFiles": False,
    "projectStreamId": 13904,
}
PACKED = {**ENTRY, "priority": 1, "projectId": 13921, "requestAllFiles": False, "projectStreamId": 13922}
FLEXDEPLOY_LIST = [
    {
        **RELEASES, "releaseId": 12101, "releaseName": "REST Release 1", "releaseStatus": "STARTED",
        "description": None, "endDate": None, "scheduleBuildExpression": None,
        "projects": [FULL, {**PACKED, "packageName": "Package2"}, {**PACKED, "packageName": "Package1"}],
    },
]  # fmt: skip
FLEXDEPLOY_GET = {
    "releaseId": 14321, "releaseName": "Test Release 1", "description": "", "pipelineId": 10004,
    "pipelineName": "Simple Pipeline", "startDate": "2019-02-13", "endDate": None,
    "scheduleBuildExpression": None, "releaseStatus": "STARTED",
    "projects": [
        {"priority": 1, "projectId": 10000, "packageName": "package1", "projectName": "REST Project 1",
         "requestAllFiles": False, "applicationPath": "FlexDeploy/REST", "buildEnvironmentId": 21212,
         "projectStreamId": 13900, "projectGroups": None},
        {"priority": 2, "projectId": 10001, "packageName": None, "projectName": "REST Project 2",
         "requestAllFiles": False, "applicationPath": "FlexDeploy/REST", "buildEnvironmentId": 10056,
         "projectStreamId": 15986, "projectGroups": None},
    ],
}  # fmt: skip
FLEXDEPLOY_WRITTEN = {
    "projects": [
        {"buildEnvironmentId": 22478, "projectGroups": None, "packageName": None, "projectId": 6789,
         "projectStreamId": 6790, "requestAllFiles": False, "priority": 1},
    ],
    "startDate": None, "endDate": None, "scheduleBuildExpression": None, "pipelineId": 12345,
    "releaseStatus": "STARTED", "description": "This is the updated Release",
    "cmsDetails": {"cmsInstanceId": 1010, "overriddenDefaultConfigurations": None,
                   "overriddenEnvironmentConfigurations": None, "overrideSettings": False},
    "releaseName": "Release Created From REST API", "releaseId": 13607, "pipelineName": "Pipeline 1",
    "properties": [{"propertyValue": "3", "propertyName": "TESTPROPERTY"}],
}  # fmt: skip
KATALON_LINKED = {
    "id": 12345,
    "name": "Daily Smoke Test",
    "build": {"id": "67890", "name": "Build 1.2.3"},
    "status": "linked",
    "updatedAt": "2025-01-17T12:00:00Z",
}
BRPM_RUN = {
    "aasm_state": "created", "created_at": "2013-02-08T11:17:45-05:00", "description": None, "duration": None,
    "end_at": None, "id": 1, "name": "Sample Run", "owner_id": 1, "plan_id": 1, "plan_stage_id": 1,
    "requestor_id": 1, "start_at": None, "updated_at": "2013-02-08T11:17:45-05:00",
    "plan": {"aasm_state": "created", "id": 1, "name": "Sample Plan"}, "plan_stage": {"id": 1, "name": "uat"},
    "plan_members": [
        {"id": 1, "position": 1, "request": {"aasm_state": "created", "id": 3, "name": "Sample Request 2"}},
    ],
}  # fmt: skip
FOUNDRY_RUN = {
    "scheduleVersionRid": "ri.scheduler.main.schedule-version.4d1eb55f-6c13-411c-a911-5d84e08d8017",
    "createdBy": "f05f8da4-b84c-4fca-9c77-8af0b13d11de",
    "scheduleRid": SCHEDULE,
    "rid": "ri.scheduler.main.run.d2a5e9c6-298d-4788-a71d-42885d7bebb3",
}


def manifest(kind: str, spec: Manifest, **metadata: Any) -> Manifest:
    version, _, name = kind.rpartition(" ")
    return {"apiVersion": version, "kind": name, "metadata": {"name": "law", **metadata}, "spec": spec}


LISTED = manifest(
    "flexdeploy/v1 Release",
    {
        "releaseName": "REST Release 1",
        "releaseStatus": "STARTED",
        "pipelineName": "Test Pipeline",
        "description": "",
        "projects": [
            {"projectId": 13921, "packageName": "Package1", "priority": 1},
            {"projectId": 13921, "packageName": "Package2", "projectStreamId": 13922},
            {"projectId": 13903, "requestAllFiles": None},
        ],
    },
)
BY_ID = manifest(
    "flexdeploy/v1 Release",
    {
        "releaseName": "Test Release 1",
        "releaseStatus": "NOTSTARTED",
        "pipelineId": 10004,
        "description": None,
    },
    id=14321,
)
SAMPLE_RUN = {"name": "Sample Run", "plan_id": 1, "plan_stage_id": 1, "owner_id": 1, "requestor_id": 1}
READ = [
    pytest.param(LISTED, FLEXDEPLOY_LIST, "", id="FlexDeploy's list"),
    pytest.param(
        BY_ID,
        FLEXDEPLOY_GET,
        "('releaseStatus',): STARTED, wanted NOTSTARTED: a release that was started never goes back; "
        "write STARTED",
        id="FlexDeploy's release, started",
    ),
    pytest.param(
        manifest("brpm/v1 Run", {**SAMPLE_RUN, "state": "created"}), [BRPM_RUN], "", id="BRPM's list"
    ),
    pytest.param(manifest("brpm/v1 Run", SAMPLE_RUN, id=1), BRPM_RUN, "", id="BRPM's run, called XML"),
]


@pytest.mark.parametrize(("wanted", "sample", "open_"), READ)
def test_a_sample_of_what_a_read_shows_is_accepted(
    bench: Bench, wanted: Manifest, sample: Any, open_: str
) -> None:
    bench.start({"flexdeploy": {"releases": [{"releaseId": 14321, "releaseName": "a"}]}})
    bench.declare(wanted)
    assert left(bench, lambda request, body: sample) == open_


CREATED_NAME = "Release Created From REST API"
STARTED = {"flexdeploy": {"releases": [{"releaseId": 11101, "releaseName": CREATED_NAME}]}}
WRITTEN = [
    pytest.param(
        manifest("katalon/v1 ScheduleLink", {"runConfigurationId": 12345, "releaseId": 67890}),
        {}, KATALON_LINKED, id="Katalon's link, of a build",
    ),
    pytest.param(
        manifest("flexdeploy/v1 Release", {"releaseName": CREATED_NAME, "description": "new"}),
        STARTED, FLEXDEPLOY_WRITTEN, id="FlexDeploy's PATCH, of another id",
    ),
    pytest.param(
        manifest("brpm/v1 Run", {**SAMPLE_RUN, "state": "planned"}),
        {}, BRPM_RUN, id="BRPM's run, after an event as before it",
    ),
    pytest.param(
        manifest("foundry/v2 ScheduleRun", {"scheduleRid": SCHEDULE, "requestedAt": "2026-12-01T08:00:00Z"}),
        {}, FOUNDRY_RUN, id="Foundry's run, without a time or a result",
    ),
]  # fmt: skip


def lying(sample: Any) -> Any:
    """Every answer to a write is the sample."""

    def change(request: Request, body: Any) -> Any:
        return body if request.safe else sample

    return change


@pytest.mark.parametrize(("wanted", "state", "sample"), WRITTEN)
def test_a_sample_in_answer_to_a_write_that_was_taken_does_no_harm(
    bench: Bench, wanted: Manifest, state: Any, sample: Any
) -> None:
    bench.start(state)
    bench.declare(wanted)
    outcomes = bench.apply(lying(sample))
    assert [outcome.status for outcome in outcomes] == ["done"]
    assert left(bench) == ""


@pytest.mark.parametrize(("wanted", "state", "sample"), WRITTEN)
def test_a_sample_in_answer_to_a_write_that_came_to_nothing_is_not_believed(
    bench: Bench, wanted: Manifest, state: Any, sample: Any
) -> None:
    bench.start(state)
    bench.declare(wanted)
    before = bench.sandbox.state
    for method in ("POST", "PUT", "PATCH"):
        bench.sandbox.plan_faults(
            {
                "method": method,
                "path": r"runs/1$|release|/run$",
                "action": "status",
                "status": 200,
                "body": sample,
            }
        )
    (outcome,) = bench.apply()
    assert (outcome.status, outcome.requests_sent) == ("unsettled", 1)
    assert left(bench) != ""
    assert moved(before["brpm"], bench.sandbox.state["brpm"]) == set()


LIES = ("wrong_id", "html", "empty", "truncated", "status_after")


@pytest.mark.parametrize("case", FULLEST, ids=lambda case: f"{case.kind} {case.title}")
@pytest.mark.parametrize("lie", LIES)
def test_whatever_a_write_is_answered_only_what_was_planned_is_touched(
    bench: Bench, case: Case, lie: str
) -> None:
    for number in range(len(case.writes)):
        before = begun(bench, case)
        method, path = case.writes[number].replace("NEW", "ri.[^/]*").split(" ")
        nth = 1 + [*case.writes[:number]].count(case.writes[number])
        struck = bench.sandbox.plan_faults({"method": method, "path": f"^{path}$", "nth": nth, "action": lie})
        bench.apply()
        assert struck[0].struck == 1
        bench.sandbox.clear_faults()
        left(bench)
        assert named(moved(before, bench.sandbox.state[case.system])) <= case.moves
        assert ends(bench, case, before) == "", (number, lie)


CREATED = [
    pytest.param(
        "brpm",
        manifest("brpm/v1 Run", {**SAMPLE_RUN, "name": "Law", "state": "planned"}),
        BRPM_RUN,
        id="BRPM",
    ),
    pytest.param(
        "flexdeploy",
        manifest("flexdeploy/v1 Release", {"releaseName": "Law"}),
        FLEXDEPLOY_LIST[0],
        id="FlexDeploy",
    ),
]


@pytest.mark.parametrize(("system", "wanted", "sample"), CREATED)
def test_an_answer_to_a_create_that_names_another_object_leads_nowhere(
    bench: Bench, system: str, wanted: Manifest, sample: Any
) -> None:
    bench.start()
    bench.declare(wanted)
    before = bench.sandbox.state[system]
    (outcome,) = bench.apply(lying(sample))
    assert outcome.status in {"unsettled", "unknown"}, outcome
    assert all(text.startswith("+") for text in moved(before, bench.sandbox.state[system]))
    bench.apply()
    assert left(bench) == ""
    assert len(moved(before, bench.sandbox.state[system])) == 1
