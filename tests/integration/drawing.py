"""Draws a FlexDeploy server with one release in any state, and a manifest that wants it otherwise.

Every field, nested ones too, is absent, null or a value on both sides. What the vendor's page forbids to ask
for, and the engine cannot know (that a project is no partial one), is not drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Fields = dict[str, Any]
Key = tuple[int, str | None]

NAME, ID = "Train", 500
PIPELINES = {70: "Alpha", 71: "Beta"}
PROJECTS = [
    {"projectId": 100, "projectName": "full", "streams": [{"streamId": 1000}],
     "buildEnvironments": [{"environmentId": 5000, "environmentName": "B1"}]},
    {"projectId": 101, "projectName": "two of all", "streams": [{"streamId": 1010}, {"streamId": 1011}],
     "buildEnvironments": [{"environmentId": 5000, "environmentName": "B1"}, {"environmentId": 5001, "environmentName": "B2"}]},
    {"projectId": 200, "projectName": "packed", "partialDeployment": True, "packages": ["p1", "p2"],
     "streams": [{"streamId": 2000}], "buildEnvironments": [{"environmentId": 5000, "environmentName": "B1"}]},
    {"projectId": 201, "projectName": "package", "partialDeployment": True, "packages": ["p1"],
     "streams": [{"streamId": 2010}], "buildEnvironments": []},
]  # fmt: skip
STREAMS = {project["projectId"]: [row["streamId"] for row in project["streams"]] for project in PROJECTS}
BUILDS = {
    project["projectId"]: [row["environmentId"] for row in project["buildEnvironments"]] for project in PROJECTS
}
ALL_FILES: Key = (200, None)
KEYS: list[Key] = [(100, None), (101, None), (200, "p1"), (200, "p2"), ALL_FILES, (201, "p1")]
NEIGHBOURS = [
    {"releaseId": 40, "releaseName": "train", "description": "in another case"},
    {"releaseId": 600, "releaseName": f"{NAME} 2", "releaseStatus": "STARTED", "description": "longer"},
]
TEXTS = st.sampled_from(["", "old", "new", "1.10"])
CRONS = st.sampled_from(["", "0 0 2 ? * MON", "0 0  2 ? * mon", "0 15 3 1 * ?"])
VALUES = st.sampled_from(["", "eu", "3", "true"])
BOOLEANS = st.booleans()
SWITCHES = {
    "put_omitted": ["keep"],
    "put_build_environment": ["keep", "null"],
    "unknown_keys": ["reject"],
    "read_only_fields": ["reject"],
    "patch_null": ["clear"],
    "completed_writes": ["accept"],
    "suspended_start": ["start", "reject"],
    "start_without_projects": ["true"],
    "duplicate_names": ["reject"],
    "cron_case": ["upper"],
    "trim_text": ["true"],
    "list_order": ["shuffled", "by_name"],
    "extra_fields": ["true"],
    "ids": ["string"],
    "empty_fields": ["omit"],
    "empty_lists": ["null", "omit"],
    "empty_description": ["null", "blank"],
    "status_spelling": ["spaced"],
    "status_case": ["lower", "title"],
    "stale_reads": ["1", "3"],
}


@dataclass(frozen=True)
class Drawn:
    """One example: the live release (None: there is none), the manifest, and how the server is."""

    live: Fields | None
    spec: Fields
    metadata: Fields
    hidden: list[str]
    switches: dict[str, str] = field(default_factory=dict)

    @property
    def manifest(self) -> Fields:
        return {"apiVersion": "flexdeploy/v1", "kind": "Release", "metadata": self.metadata, "spec": self.spec}

    @property
    def state(self) -> Fields:
        """The state that the sandbox starts from."""
        releases = [*NEIGHBOURS, self.live] if self.live else NEIGHBOURS
        pipelines = [{"pipelineId": number, "pipelineName": name} for number, name in PIPELINES.items()]
        return {"flexdeploy": {"pipelines": pipelines, "projects": PROJECTS, "releases": releases}}

    def veiled(self, name: str) -> bool:
        """Whether this server's GET never shows the field."""
        switch = {"properties": "show_properties", "cmsDetails": "show_cms_details"}.get(name, "")
        return self.switches.get(switch) == "false"


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Null or a value; absence is the mapping's."""
    return st.one_of(values, values, st.none())


def rarely(times: int) -> st.SearchStrategy[bool]:
    """True once, where it is false so many times."""
    return st.sampled_from([False] * times + [True])


@st.composite
def examples(draw: st.DrawFn) -> Drawn:
    live = draw(st.one_of(releases(), releases(), releases(), releases(), st.none()))
    spec = draw(wanted(live))
    metadata: Fields = {"name": NAME}
    if live is not None and draw(rarely(3)):
        metadata["id"] = ID
        spec |= draw(st.sampled_from([{}, {"releaseName": "Renamed"}]))
    if draw(rarely(25)):
        metadata["suspend"] = "hands off"
    hidden = draw(st.sampled_from([[], [], ["properties"], ["cmsDetails"], ["properties", "cmsDetails"]]))
    return Drawn(live, spec, metadata, hidden, draw(switches()))


def switches() -> st.SearchStrategy[dict[str, str]]:
    """A few switches off their defaults, and the two that hide keys."""
    other = st.lists(st.sampled_from(sorted(SWITCHES)), max_size=4, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: st.sampled_from(SWITCHES[name]) for name in names})
    )
    shown = st.sampled_from(["true", "true", "true", "true", "false"])
    hiding = st.fixed_dictionaries({"show_properties": shown, "show_cms_details": shown})
    return st.tuples(other, hiding).map(lambda pair: pair[0] | pair[1])


@st.composite
def releases(draw: st.DrawFn) -> Fields:
    """A live release."""
    status = st.sampled_from(["NOTSTARTED", "NOTSTARTED", "NOTSTARTED", "STARTED", "STARTED", "STARTED", "SUSPENDED", "COMPLETED"])
    release = draw(
        st.fixed_dictionaries(
            {"releaseId": st.just(ID), "releaseName": st.just(NAME), "releaseStatus": status},
            optional={
                "description": maybe(TEXTS),
                "pipelineId": maybe(st.sampled_from([*PIPELINES])),
                "scheduleBuildExpression": maybe(CRONS.map(lambda text: " ".join(text.split()))),
                "properties": maybe(properties(VALUES, complete=True)),
                "cmsDetails": maybe(cms(complete=True)),
            },
        )
    )
    if release.get("properties"):
        release["pipelineId"] = release.get("pipelineId") or draw(st.sampled_from([*PIPELINES]))
    return {**release, "projects": [draw(live_entry(key)) for key in draw(keys())]}


def keys() -> st.SearchStrategy[list[Key]]:
    return st.lists(st.sampled_from(KEYS), max_size=3, unique=True)


def live_entry(key: Key) -> st.SearchStrategy[Fields]:
    return st.fixed_dictionaries(
        {
            "projectId": st.just(key[0]),
            "packageName": st.just(key[1]),
            "requestAllFiles": st.just(key == ALL_FILES),
            "projectStreamId": st.sampled_from(STREAMS[key[0]]),
        },
        optional={
            "priority": maybe(st.integers(1, 3)),
            "buildEnvironmentId": maybe(st.sampled_from(BUILDS[key[0]])) if BUILDS[key[0]] else st.none(),
            "projectGroups": maybe(TEXTS),
        },
    )


def properties(values: st.SearchStrategy[Any], *, complete: bool) -> st.SearchStrategy[list[Fields]]:
    """Properties of a pipeline; live ones have a value or null."""
    name = {"propertyName": st.sampled_from(["REGION", "MODE", "API_TOKEN"])}
    value = {"propertyValue": maybe(values)}
    row = st.fixed_dictionaries({**name, **value}) if complete else st.fixed_dictionaries(name, optional=value)
    return st.lists(row, max_size=3, unique_by=lambda row: row["propertyName"])


def cms(*, complete: bool) -> st.SearchStrategy[Fields]:
    """A change management system; a live one has all its fields, a wanted one any of them."""
    flag = {"requireChangeTicketForDeployment": maybe(BOOLEANS)}
    default = st.fixed_dictionaries(flag) if complete else st.fixed_dictionaries({}, optional=flag)
    number = {"environmentId": st.integers(1, 3)}
    override = st.fixed_dictionaries({**number, **flag}) if complete else st.fixed_dictionaries(number, optional=flag)
    fields = {
        "cmsInstanceId": maybe(st.integers(7, 8)),
        "overrideSettings": maybe(BOOLEANS),
        "overriddenDefaultConfigurations": maybe(default),
        "overriddenEnvironmentConfigurations": maybe(
            st.lists(override, max_size=2, unique_by=lambda row: row["environmentId"])
        ),
    }
    return st.fixed_dictionaries({}, optional=fields)


@st.composite
def wanted(draw: st.DrawFn, live: Fields | None) -> Fields:
    """A spec that this server could take, or that we must refuse before it does."""
    spec = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "releaseStatus": maybe(st.sampled_from(["NOTSTARTED", "STARTED", "STARTED"])),
                "description": maybe(TEXTS),
                "scheduleBuildExpression": maybe(CRONS),
                "properties": maybe(properties(st.one_of(VALUES, st.sampled_from([3, True])), complete=False)),
                "cmsDetails": maybe(cms(complete=False)),
                "projects": maybe(entries(live)),
            },
        )
    )
    spec |= draw(pipeline())
    if spec.get("releaseStatus") == "STARTED" and "projects" in spec and not spec["projects"]:
        del spec["projects"]
    if spec.get("properties") and None in (spec.get("pipelineId", 0), spec.get("pipelineName", 0)):
        spec["properties"] = draw(st.sampled_from([[], None]))
    return spec


def pipeline() -> st.SearchStrategy[Fields]:
    """No word of the pipeline, or one that is named or cleared by either field or by both."""
    both = [*PIPELINES.items(), (None, None)]
    named = st.tuples(st.sampled_from(both), st.sampled_from([{0}, {1}, {0, 1}])).map(
        lambda drawn: {("pipelineId", "pipelineName")[index]: drawn[0][index] for index in drawn[1]}
    )
    return st.one_of(st.just({}), named)


@st.composite
def entries(draw: st.DrawFn, live: Fields | None) -> list[Fields]:
    """Wanted projects: as a rule most of those that are there, and some more."""
    have = [(row["projectId"], row["packageName"]) for row in live["projects"]] if live else []
    kept = [key for key in have if not draw(rarely(3))]
    more = [key for key in draw(keys()) if key not in have]
    return [draw(entry(key, there=key in have, created=live is None)) for key in draw(st.permutations(kept + more))]


@st.composite
def entry(draw: st.DrawFn, key: Key, *, there: bool, created: bool) -> Fields:
    number, package = key
    fields: dict[str, st.SearchStrategy[Any]] = {
        "priority": maybe(st.integers(1, 3)),
        "projectGroups": maybe(TEXTS),
        "projectStreamId": maybe(st.sampled_from(STREAMS[number])),
        "buildEnvironmentId": maybe(st.sampled_from(BUILDS[number])) if BUILDS[number] else st.none(),
    }
    if package is None:
        fields["packageName"] = st.sampled_from([None, ""])
    if key != ALL_FILES or there:
        fields["requestAllFiles"] = maybe(BOOLEANS if key == ALL_FILES else st.just(False))
    fixed: Fields = {"projectId": st.just(number)}
    fixed |= {"packageName": st.just(package)} if package else {}
    fixed |= {"requestAllFiles": st.just(True)} if key == ALL_FILES and not there else {}
    fixed |= {"projectStreamId": st.sampled_from(STREAMS[number])} if created and len(STREAMS[number]) > 1 else {}
    return draw(st.fixed_dictionaries(fixed, optional={name: it for name, it in fields.items() if name not in fixed}))
