"""One project's place in a release, so that each team owns its own line of a shared one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from reconcile.provider import (
    Address,
    FieldPath,
    Json,
    Kind,
    Locator,
    Named,
    Origin,
    Part,
    Problem,
    Ref,
    RefersTo,
    Resource,
    Share,
    doc,
    keyed,
    spell,
    table_of,
)
from reconcile.systems.flexdeploy.fields import Release, ReleaseProject
from reconcile.systems.flexdeploy.lookups import LOOKUPS
from reconcile.systems.flexdeploy.release import REST, decide, read
from reconcile.systems.flexdeploy.rules import package_rule

ROW = table_of(Release).rows["projects"]
Key = tuple[str, ...]


class Project(ReleaseProject):
    """A project's place in a release that may or may not be declared here."""

    release: Annotated[
        str,
        doc("String", "The release: a reference, or the name of one.", "Spring Train"),
        RefersTo("Release"),
    ]


def compose(resources: Sequence[Resource]) -> tuple[Sequence[Resource], Sequence[Problem]]:
    """Every `Project` as a part of its release: of the declared one, else of one that must be live."""
    projects = [
        resource for resource in resources if resource.address.kind == "Project" and not resource.managed_as
    ]
    if not projects:
        return resources, ()
    problems = [*_ambiguous(projects, resources)]
    hosts: dict[Address, Resource] = {resource.address: resource for resource in resources}
    for host, group in _by_release(projects, resources).items():
        declared = hosts.get(host) if isinstance(host, Address) else None
        base = declared or _undeclared(group)
        joined, more = _joined(base, group)
        problems += more
        for project in group:
            hosts.pop(project.address, None)
        hosts[joined.address] = joined
    return tuple(sorted(hosts.values(), key=lambda resource: resource.origin)), problems


def _ambiguous(projects: Sequence[Resource], resources: Sequence[Resource]) -> Iterator[Problem]:
    """Yield a problem for each project whose release is named as several declared ones are."""
    declared: dict[tuple[str, str], list[Address]] = defaultdict(list)
    for resource in resources:
        if resource.address.kind == "Release":
            declared[resource.address.system, str(resource.spec.get("releaseName"))].append(resource.address)
    for project in projects:
        found = declared.get((project.address.system, str(project.spec["release"])), ())
        if len(found) > 1:
            several = " and of ".join(map(str, found))
            words = f"`{project.spec['release']}` is the releaseName of {several}: refer to one of them"
            todo = f"as in {{ref: {found[0]}}}"
            yield Problem("ambiguous", f"{words}, {todo}", project.locate(("release",)))


def _by_release(
    projects: Sequence[Resource], resources: Sequence[Resource]
) -> Mapping[Address | tuple[str, str], list[Resource]]:
    """The projects by the address of their release where it is declared, else by its system and name."""
    releases = [resource for resource in resources if resource.address.kind == "Release"]
    declared = {(each.address.system, each.spec.get("releaseName")): each.address for each in releases}
    addresses = {each.address for each in releases}
    groups: dict[Address | tuple[str, str], list[Resource]] = defaultdict(list)
    for project in sorted(projects, key=lambda resource: resource.address):
        release = project.spec["release"]
        if isinstance(release, Ref) and release.address not in addresses:
            continue
        place = (project.address.system, str(release))
        groups[release.address if isinstance(release, Ref) else declared.get(place, place)].append(project)
    return groups


def _undeclared(group: Sequence[Resource]) -> Resource:
    """The release that a group of projects patches without declaring it, carried by the first of them."""
    first = group[0]
    spec = {"releaseName": first.spec["release"], "projects": Part()}
    return first._replace(
        spec=spec, managed_as="Release", must_exist=True, absent=False, suspend=None, depends_on=()
    )


def _joined(base: Resource, group: Sequence[Resource]) -> tuple[Resource, list[Problem]]:
    owners: dict[Key, list[Resource]] = defaultdict(list)
    for project in group:
        owners[ROW.key_of(project.spec)].append(project)
    own = keyed(ROW, base.spec.get("projects"))
    problems = [
        problem
        for key, claims in owners.items()
        for problem in _disagreements(key, claims, base, own.get(key))
    ]
    entries = {key: dict(entry) for key, entry in own.items()}
    for key, claims in owners.items():
        for claim in claims:
            if not claim.absent:
                entries[key] = {**entries.get(key, {}), **_entry(claim)}
    gone = [key for key, claims in owners.items() if all(claim.absent for claim in claims)]
    exact = "projects" in base.spec and not isinstance(base.spec["projects"], Part)
    projects = list(entries.values()) if exact else Part(entries.values(), gone)
    return base._replace(
        spec={**base.spec, "projects": projects},
        is_literal=base.is_literal and all(claim.is_literal for claim in group),
        locate=_locate(base, owners, own),
        depends_on=tuple(sorted({*base.depends_on, *(need for claim in group for need in claim.depends_on)})),
        carries={**base.carries, **{claim.address: _share(claim) for claim in group}},
        held={**base.held, **dict(_held(owners))},
        pruned=base.pruned if exact else base.pruned | {("projects", key) for key in gone},
    ), problems


def _share(project: Resource) -> Share:
    return Share(("projects", ROW.key_of(project.spec)), project.origin)


def _entry(project: Resource) -> dict[str, Json]:
    return {name: value for name, value in project.spec.items() if name != "release"}


def _held(owners: Mapping[Key, Sequence[Resource]]) -> Iterator[tuple[FieldPath, str]]:
    for key, claims in owners.items():
        for claim in claims:
            if claim.suspend is not None:
                yield ("projects", key), f"suspended: {claim.suspend}"


def _disagreements(
    key: Key, claims: Sequence[Resource], base: Resource, own: Mapping[str, Json] | None
) -> Iterator[Problem]:
    """Claims on one place that cannot all be met: reported at the later one, with the line of the other."""
    said: dict[str, tuple[Json, Origin]] = {}
    for name, value in (own or {}).items():
        said[name] = value, base.locate(("projects", key, name))
    present: Origin | None = base.locate(("projects", key)) if own is not None else None
    absent: Origin | None = None
    for claim in claims:
        other = present if claim.absent else absent
        if other is not None:
            place = spell(("projects", key))
            message = f"{claim.address} and {other} disagree on {place}: one wants it gone; agree on one"
            yield Problem("claims-disagree", message, claim.origin)
        present, absent = (present, claim.origin) if claim.absent else (claim.origin, absent)
        yield from _fields_disagree(key, claim, said)


def _fields_disagree(key: Key, claim: Resource, said: dict[str, tuple[Json, Origin]]) -> Iterator[Problem]:
    for name, value in _entry(claim).items():
        row, origin = ROW.nested.rows[name], claim.locate((name,))
        other, place = said.setdefault(name, (value, origin))
        if isinstance(value, Named) or isinstance(other, Named):
            continue  # what a name stands for is known when it was looked up, and joined again then
        if row.form(other) != row.form(value):
            path = spell(("projects", key, name))
            yield Problem(
                "claims-disagree", f"{path} is claimed with another value at {place}; agree on one", origin
            )


def _locate(base: Resource, owners: Mapping[Key, Sequence[Resource]], own: Mapping[Key, Json]) -> Locator:
    """The place of a path: of an entry that a project claims, the project's own."""

    def locate(path: FieldPath, *, value: bool = False) -> Origin:
        key = path[1] if len(path) > 1 and path[0] == "projects" else ""
        claims = owners.get(key, ()) if isinstance(key, tuple) else ()
        for claim in claims:
            if path[2:] and path[2] in claim.spec:
                return claim.locate(path[2:], value=value)
        return claims[0].origin if claims and key not in own else base.locate(path, value=value)

    return locate


PROJECT = Kind(
    name="Project",
    api_version="flexdeploy/v1",
    summary="One project's place in a release, joined to it where it is declared here, else patched in live.",
    model=Project,
    key=("release", "projectId", "packageName"),
    rest=REST,
    read=read,
    decide=decide,
    compose=compose,
    rules=(lambda spec: package_rule(spec, ()),),
    lookups=LOOKUPS,
)
