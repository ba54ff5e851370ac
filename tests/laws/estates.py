"""Draws an estate as it was at a base and as it is now, with a live state that is like neither."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from .bench import AUTH, BASES

Fields = dict[str, Any]

TEXTS = ("one", "two", "three")
ODD = "${one}"
"""A text that is a warning at its line."""
HERE, ELSEWHERE = "a", "b"
SYSTEM = {
    "Release": "flexdeploy",
    "Project": "flexdeploy",
    "Plan": "katalon",
    "Link": "katalon",
    "Run": "brpm",
}
KINDS = {"Plan": ("katalon/v1", "Release"), "Link": ("katalon/v1", "ScheduleLink"), "Run": ("brpm/v1", "Run")}
"""The kinds that are called otherwise here than in a manifest."""


@dataclass(frozen=True)
class Unit:
    """One manifest."""

    kind: str
    number: int
    spec: Fields
    metadata: Fields

    @property
    def name(self) -> str:
        return f"{self.kind.lower()}-{self.number}"

    @property
    def address(self) -> str:
        return f"{SYSTEM[self.kind]}/{KINDS.get(self.kind, ('', self.kind))[1]}/{self.name}"

    @property
    def document(self) -> Fields:
        version, kind = KINDS.get(self.kind, ("flexdeploy/v1", self.kind))
        metadata = {"name": self.name, **self.metadata}
        return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": self.spec}

    @property
    def is_here(self) -> bool:
        return HERE in self.metadata.get("environments", [HERE])

    @property
    def needs(self) -> set[str]:
        """The addresses that it refers to or waits for."""
        values = [value for value in self.spec.values() if isinstance(value, dict)]
        return {value["ref"] for value in values if "ref" in value} | {*self.metadata.get("dependsOn", ())}


@dataclass(frozen=True)
class Estate:
    """The manifests of one side, and what of the project file says what they mean."""

    units: tuple[Unit, ...]
    variables: Fields
    path: str = ""
    """What is laid on the address of FlexDeploy: the same server, and another place by its words."""

    zone: str = "UTC"
    project: int = 4711

    @property
    def here(self) -> dict[str, Unit]:
        return {unit.address: unit for unit in self.units if unit.is_here}

    def meaning(self, unit: Unit) -> str:
        """All that a manifest says, its variables and the options that fill it in put in their places."""
        implied = {"projectId": self.project} if unit.kind in {"Plan", "Link"} else {}
        spec = {name: self._resolved(value) for name, value in {**implied, **unit.spec}.items()}
        around = {name: value for name, value in unit.metadata.items() if name != "environments"}
        place = [self.path, self.zone] if SYSTEM[unit.kind] == "flexdeploy" else []
        return json.dumps([spec, around, place], sort_keys=True)

    def _resolved(self, value: Any) -> Any:
        named = value.get("var") if isinstance(value, dict) else None
        return value if named is None else self.variables[named]

    def groups(self) -> dict[str, frozenset[str]]:
        """The manifests that make one object together, by each of their addresses."""
        by_host: dict[str, set[str]] = {}
        names = {unit.spec["releaseName"]: at for at, unit in self.here.items() if unit.kind == "Release"}
        for at, unit in self.here.items():
            host = at
            if unit.kind == "Project":
                said = unit.spec["release"]
                host = said["ref"] if isinstance(said, dict) else names.get(said, f"live {said}")
            by_host.setdefault(host, set()).add(at)
        return {at: frozenset(group) for group in by_host.values() for at in group}

    def write(self, folder: Path, url: str) -> None:
        """Writes the project into a folder, its manifests into two files."""
        options: dict[str, Fields] = {
            "flexdeploy": {"timeZone": self.zone},
            "katalon": {"projectId": self.project},
        }
        systems = {
            name: {"url": f"{url}{BASES[name]}", "auth": AUTH[name], "options": options.get(name, {})}
            for name in ("flexdeploy", "katalon", "brpm")
        }
        systems["flexdeploy"]["url"] = f"{url}{self.path}{BASES['flexdeploy']}"
        environments = {HERE: {"variables": {"local": self.variables["local"]}}, ELSEWHERE: {}}
        everywhere = {name: value for name, value in self.variables.items() if name != "local"}
        whole = {"version": 1, "systems": systems, "environments": environments, "variables": everywhere}
        (folder / "manifests").mkdir(parents=True, exist_ok=True)
        (folder / "reconcile.yaml").write_text(json.dumps(whole))
        for part in (0, 1):
            units = [unit for unit in self.units if unit.number % 2 == part]
            text = "\n---\n".join(json.dumps(unit.document) for unit in units)
            (folder / "manifests" / f"{part}.yaml").write_text(text)


@dataclass(frozen=True)
class Drawn:
    """One example."""

    base: Estate
    now: Estate
    state: Fields

    @property
    def asked(self) -> set[str]:
        """What has to be compared by the contract: what differs, all of its object, and what needs it."""
        found = {at for at in self.now.here if self._differs(at)}
        groups = self.now.groups()
        while True:
            more = {at for each in found for at in groups[each]}
            more |= {at for at, unit in self.now.here.items() if unit.needs & found}
            if more <= found:
                return found
            found |= more

    def _differs(self, at: str) -> bool:
        """Whether the object that a manifest is a part of was declared otherwise at the base."""
        return self._told(self.now, at) != self._told(self.base, at)

    @staticmethod
    def _told(side: Estate, at: str) -> Mapping[str, str]:
        return {each: side.meaning(side.here[each]) for each in side.groups().get(at, ())}


def texts() -> st.SearchStrategy[Any]:
    named = st.sampled_from([{"var": "text"}, {"var": "local"}])
    return st.one_of(st.sampled_from(TEXTS), st.sampled_from((*TEXTS, ODD)), named)


@st.composite
def units(draw: st.DrawFn, kind: str, number: int) -> Unit:
    spec: Fields = {}
    metadata: Fields = {}
    if kind == "Release":
        spec = {"releaseName": draw(st.sampled_from([f"R{number}"] * 4 + [f"N{number}"]))}
        spec |= draw(st.sampled_from([{}, {"description": draw(texts())}]))
        metadata |= draw(st.sampled_from([{}] * 7 + [{"id": 500 + number}, {"id": 501}, {"absent": True}]))
    elif kind == "Project":
        host = draw(st.integers(0, 3))
        named = [{"ref": f"flexdeploy/Release/release-{host}"}, f"R{host}", "Live Train"]
        spec = {"release": draw(st.sampled_from(named)), "projectId": 13903, "projectStreamId": 13904}
        spec |= {"projectGroups": draw(texts())} if draw(st.booleans()) else {}
    elif kind == "Plan":
        spec = {"name": f"K{number}", "description": draw(texts())}
    elif kind == "Link":
        target = draw(
            st.sampled_from([{"ref": f"katalon/Release/plan-{draw(st.integers(0, 1))}"}, 700, None])
        )
        spec = {"runConfigurationId": 1 + number, "releaseId": target}
    else:
        spec = {"name": f"U{number}", "plan_id": 1, "plan_stage_id": 2, "owner_id": 2, "requestor_id": 3}
        spec |= {"description": draw(texts())}
        waits = ["flexdeploy/Release/release-0", "katalon/ScheduleLink/link-0", "brpm/Run/run-0"]
        metadata |= draw(st.sampled_from([{}, {"dependsOn": [draw(st.sampled_from(waits))]}]))
    metadata |= draw(st.sampled_from([{}] * 8 + [{"suspend": draw(st.sampled_from(TEXTS))}]))
    metadata |= draw(st.sampled_from([{}] * 8 + [{"environments": [ELSEWHERE]}, {"environments": [HERE]}]))
    return Unit(kind, number, spec, metadata)


COUNTS = {"Release": 4, "Project": 2, "Plan": 2, "Link": 2, "Run": 2}


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """A base, the estate with a few manifests changed since, and a live state."""
    places = [(kind, number) for kind, count in COUNTS.items() for number in range(count)]
    before = [
        draw(units(*place)) if draw(st.sampled_from([True] * 7 + [False])) else None for place in places
    ]
    after = [
        draw(st.one_of(st.none(), *[units(*place)] * 4))
        if draw(st.sampled_from([False] * 3 + [True]))
        else unit
        for place, unit in zip(places, before, strict=True)
    ]
    variables = {"text": draw(st.sampled_from(TEXTS)), "local": draw(st.sampled_from(TEXTS))}
    base = Estate(tuple(filter(None, before)), variables)
    now = replace(base, units=tuple(filter(None, after)))
    now = replace(now, **draw(st.sampled_from([{}] * 8 + _others(variables))))
    return Drawn(base, now, draw(states()))


def another_target() -> Drawn:
    """A link to another release than at the base: whose the difference is, the first one's id tells."""
    plans = tuple(Unit("Plan", number, {"name": f"K{number}"}, {}) for number in (0, 1))
    targets = [{"ref": f"katalon/Release/plan-{number}"} for number in (0, 1)]
    links = [Unit("Link", 0, {"runConfigurationId": 1, "releaseId": target}, {}) for target in targets]
    base, now = (Estate((*plans, link), dict.fromkeys(("text", "local"), "one")) for link in links)
    releases = [{"id": 700 + number, "name": f"K{number}", "projectId": 4711} for number in (0, 1)]
    schedule = {"id": 1, "name": "L0", "projectId": 4711, "releaseId": 700}
    return Drawn(base, now, {"katalon": {"releases": releases, "runConfigurations": [schedule]}})


def _others(variables: Fields) -> list[Fields]:
    """What else of the project file may say something else now."""
    changed = [{"variables": {**variables, name: "three"}} for name in variables]
    return [*changed, {"path": "/"}, {"zone": "Europe/Berlin"}, {"project": 4712}]


@st.composite
def states(draw: st.DrawFn) -> Fields:
    """A live state in which things are missing, and changed by hand."""
    said = st.sampled_from([None, *TEXTS])
    groups = st.sampled_from([{}, {"projectGroups": "one"}])
    line = {"projectId": 13903, "projectStreamId": 13904}
    releases = [
        {
            "releaseId": 500 + number,
            "releaseName": name,
            "releaseStatus": "NOTSTARTED",
            "description": draw(said),
            "projects": draw(st.sampled_from([[], [line | draw(groups)]])),
        }
        for number, name in enumerate(["R0", "R1", "R2", "R3", "Live Train"])
        if name == "Live Train" or draw(st.sampled_from([True] * 3 + [False]))
    ]
    plans = [
        {"id": 700 + number, "name": f"K{number}", "projectId": 4711, "description": draw(said)}
        for number in (0, 1)
        if draw(st.booleans())
    ]
    links = [
        {
            "id": 1 + number,
            "name": f"L{number}",
            "projectId": 4711,
            "releaseId": draw(st.sampled_from([None, 700])),
        }
        for number in (0, 1)
    ]
    runs = [
        {"id": 9 + number, "name": f"U{number}", "plan_id": 1, "plan_stage_id": 2, "owner_id": 2,
         "requestor_id": 3, "aasm_state": "created", "description": draw(said)}
        for number in (0, 1)
        if draw(st.booleans())
    ]  # fmt: skip
    return {
        "flexdeploy": {"releases": releases},
        "katalon": {"releases": plans, "runConfigurations": links},
        "brpm": {"runs": runs},
    }


def selected_of(found: Mapping[str, Any], name: str, addresses: set[str]) -> Iterator[Fields]:
    """The entries of a part of a document that are about these addresses, what they need among them alone."""
    for item in found[name]:
        if item["address"] in addresses:
            yield item | (
                {"needs": [need for need in item["needs"] if need in addresses]} if "needs" in item else {}
            )
