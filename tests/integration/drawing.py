"""Draws a FlexDeploy server with one release in any state, and a manifest that wants it otherwise.

Every field, nested ones too, is absent, null or a value on both sides. What the vendor's page forbids to ask
for, and the engine cannot know (that a project is no partial one), is not drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from .drawn import ALL_FILES, BUILDS, ID, KEYS, NAME, PIPELINES, STREAMS, SWITCHES, Drawn, Fields, Key

ABSENT: Any = object()

TEXTS = st.sampled_from(["", "old", "new", "1.10"])
CRONS = st.sampled_from(["", "0 0 2 ? * MON", "0 0  2 ? * mon", "0 15 3 1 * ?"])
VALUES = st.sampled_from(["", "eu", "3", "true"])
STATUSES = ["NOTSTARTED"] * 3 + ["STARTED"] * 3 + ["SUSPENDED", "COMPLETED"]


def mapping(
    fixed: Fields,
    fields: Mapping[str, st.SearchStrategy[Any]],
    *,
    absent: int = 1,
    null: int = 1,
    value: int = 2,
) -> st.SearchStrategy[Fields]:
    """The fixed fields, and each of the others absent, null or a value, so many times each."""
    ways = [ABSENT] * absent + [None] * null + [...] * value

    def one(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.sampled_from(ways).flatmap(lambda way: values if way is ... else st.just(way))

    drawn = st.fixed_dictionaries(fixed | {name: one(values) for name, values in fields.items()})
    return drawn.map(lambda found: {name: it for name, it in found.items() if it is not ABSENT})


def one_of(values: list[int]) -> st.SearchStrategy[int | None]:
    return st.sampled_from(values) if values else st.none()


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
    fixed = {
        "releaseId": st.just(ID),
        "releaseName": st.just(NAME),
        "releaseStatus": st.sampled_from(STATUSES),
    }
    fields = {
        "description": TEXTS,
        "pipelineId": st.sampled_from([*PIPELINES]),
        "scheduleBuildExpression": CRONS.map(lambda text: " ".join(text.split())),
        "properties": properties(VALUES, complete=True),
        "cmsDetails": cms(complete=True),
    }
    release = draw(mapping(fixed, fields, value=4))
    if release.get("properties"):
        release["pipelineId"] = release.get("pipelineId") or draw(st.sampled_from([*PIPELINES]))
    return {**release, "projects": [draw(live_entry(key)) for key in draw(keys())]}


def keys() -> st.SearchStrategy[list[Key]]:
    return st.lists(st.sampled_from(KEYS), max_size=3, unique=True)


def live_entry(key: Key) -> st.SearchStrategy[Fields]:
    fixed = {
        "projectId": st.just(key[0]),
        "packageName": st.just(key[1]),
        "requestAllFiles": st.just(key == ALL_FILES),
        "projectStreamId": st.sampled_from(STREAMS[key[0]]),
    }
    fields = {
        "priority": st.integers(1, 3),
        "buildEnvironmentId": one_of(BUILDS[key[0]]),
        "projectGroups": TEXTS,
    }
    return mapping(fixed, fields)


def properties(values: st.SearchStrategy[Any], *, complete: bool) -> st.SearchStrategy[list[Fields]]:
    """Properties of a pipeline; live ones have a value or null."""
    name = {"propertyName": st.sampled_from(["REGION", "MODE", "API_TOKEN"])}
    row = mapping(name, {"propertyValue": values}, absent=0 if complete else 1)
    return st.lists(row, max_size=3, unique_by=lambda row: row["propertyName"])


def cms(*, complete: bool) -> st.SearchStrategy[Fields]:
    """A change management system; a live one has all fields of its overrides, a wanted one any of them."""
    absent = 0 if complete else 1
    flag = {"requireChangeTicketForDeployment": st.booleans()}
    override = mapping({"environmentId": st.integers(1, 3)}, flag, absent=absent)
    fields = {
        "cmsInstanceId": st.integers(7, 8),
        "overrideSettings": st.booleans(),
        "overriddenDefaultConfigurations": mapping({}, flag, absent=absent),
        "overriddenEnvironmentConfigurations": st.lists(
            override, max_size=2, unique_by=lambda row: row["environmentId"]
        ),
    }
    return mapping({}, fields)


@st.composite
def wanted(draw: st.DrawFn, live: Fields | None) -> Fields:
    """A spec that this server could take, or that we must refuse before it does."""
    fields = {
        "releaseStatus": st.sampled_from(["NOTSTARTED", "STARTED", "STARTED"]),
        "description": TEXTS,
        "scheduleBuildExpression": CRONS,
        "properties": properties(st.one_of(VALUES, st.sampled_from([3, True])), complete=False),
        "cmsDetails": cms(complete=False),
        "projects": entries(live),
    }
    spec = draw(mapping({}, fields, absent=3, null=2, value=3))
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
    return [
        draw(entry(key, there=key in have, created=live is None))
        for key in draw(st.permutations(kept + more))
    ]


def entry(key: Key, *, there: bool, created: bool) -> st.SearchStrategy[Fields]:
    """A wanted entry; a new one of all files says so, one to create with says which of several streams."""
    number, package = key
    fields: dict[str, st.SearchStrategy[Any]] = {
        "priority": st.integers(1, 3),
        "projectGroups": TEXTS,
        "projectStreamId": st.sampled_from(STREAMS[number]),
        "buildEnvironmentId": one_of(BUILDS[number]),
        "packageName": st.just(""),
        "requestAllFiles": st.booleans() if key == ALL_FILES else st.just(False),
    }
    fixed: Fields = {"projectId": st.just(number)}
    fixed |= {"packageName": st.just(package)} if package else {}
    fixed |= {"requestAllFiles": st.just(True)} if key == ALL_FILES and not there else {}
    fixed |= {"projectStreamId": fields["projectStreamId"]} if created and len(STREAMS[number]) > 1 else {}
    return mapping(fixed, {name: values for name, values in fields.items() if name not in fixed})
