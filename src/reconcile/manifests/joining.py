"""Joins the resources of all files, and checks each with what joined it, and what they say of each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from operator import attrgetter

from reconcile.fields.walk import deferred_values
from reconcile.manifests import references
from reconcile.manifests.addresses_in_text import addresses_in_text
from reconcile.manifests.envelope import LeftOut
from reconcile.manifests.partial import NONE, Doubts, Partial
from reconcile.manifests.rules import findings
from reconcile.model import Address, Joint, Named, Problem, Resource
from reconcile.named_tuple import NamedTuple
from reconcile.project import Project
from reconcile.provider.kinds import Catalogue

_Compose = Callable[[Sequence[Resource]], tuple[Sequence[Resource], Sequence[Problem]]]


class Declarations(NamedTuple):
    """Hold what all files declare."""

    resources: Sequence[Resource]
    partial: Sequence[Partial]
    left_out: Sequence[LeftOut]
    unsure: Mapping[Address, Doubts]
    """By address, the fields of resources that hold what could not be read."""

    sound: Set[int] = frozenset()
    """The identities of resources in which the rules of their kinds are known to find nothing."""


class Joined(NamedTuple):
    """Collect what all resources come to beside each other, in the order of files and lines."""

    resources: list[Resource]
    between: list[Problem]
    found: Mapping[int, list[Problem]]
    """The findings by the identity of their resource."""

    left_out: int
    """How many manifests belong to other environments."""

    @property
    def problems(self) -> list[Problem]:
        """Return all that is wrong among the resources, and with each."""
        return [*self.between, *(problem for found in self.found.values() for problem in found)]

    @property
    def sound(self) -> frozenset[int]:
        """Return the identities of the resources without findings."""
        return frozenset(id(resource) for resource in self.resources) - self.found.keys()


def joined(declared: Declarations, project: Project, catalogue: Catalogue) -> Joined:
    """Return the resources in order, joined where one joins another, with all that is wrong among them."""
    resources = in_place_order(declared.resources)
    between = references.problems(resources, declared.partial, declared.left_out, catalogue)
    between += addresses_in_text(resources, catalogue)
    resources, more = composed(resources, project)
    found = _findings(resources, declared, project, catalogue)
    return Joined(resources, [*between, *more], found, len(declared.left_out))


def in_place_order(resources: Iterable[Resource]) -> list[Resource]:
    """Return the resources in the order of files and lines."""
    return sorted(resources, key=attrgetter("origin"))


def composed(resources: list[Resource], project: Project) -> tuple[list[Resource], list[Problem]]:
    """Return the resources, joined kind by kind where one joins another, and the problems of joining."""
    problems: list[Problem] = []
    types = {config.system.type: config.system for config in project.systems.values()}
    composers: list[tuple[str, _Compose]] = [
        (type_.type, kind.compose)
        for type_ in types.values()
        for kind in type_.kinds
        if kind.compose is not None
    ]
    for name, compose in composers:
        others = [resource for resource in resources if _type(resource) != name] if len(types) > 1 else []
        own = [resource for resource in resources if _type(resource) == name] if others else resources
        joined, more = compose(own)
        problems += more
        if joined is own:  # nothing joins another
            continue
        before = {resource.address: resource for resource in resources}
        resources = [*others, *(_with_parts(resource, before, compose) for resource in joined)]
        resources = in_place_order(resources) if others and joined else resources
    hosts = {part: resource.address for resource in resources for part in resource.carries}
    return [_rehosted(resource, hosts) for resource in resources] if hosts else resources, problems


def _type(resource: Resource) -> str:
    return resource.api_version.partition("/")[0]


def _with_parts(resource: Resource, before: Mapping[Address, Resource], compose: _Compose) -> Resource:
    """Return `resource` with what it was joined of, where names stand in that."""
    if resource.is_literal or not resource.carries:
        return resource
    parts = tuple(before[address] for address in dict.fromkeys((resource.address, *resource.carries)))
    late = (value for part in parts for _, value in deferred_values(part.spec))
    named = any(isinstance(value, Named) for value in late)
    return resource._replace(joint=Joint(parts, compose)) if named else resource


def _rehosted(resource: Resource, hosts: Mapping[Address, Address]) -> Resource:
    """Return `resource` waiting for the hosts of the parts that it waits for, and never for itself."""
    depends_on = {hosts.get(address, address) for address in resource.depends_on} - {resource.address}
    return resource._replace(depends_on=tuple(sorted(depends_on)))


def _findings(
    resources: Iterable[Resource], declared: Declarations, project: Project, catalogue: Catalogue
) -> dict[int, list[Problem]]:
    """Return the findings by the identity of their resource; of what is known to be sound there are none."""
    unknown = (resource for resource in resources if id(resource) not in declared.sound)
    found: dict[int, list[Problem]] = {}
    for resource, kind in references.with_kinds(unknown, catalogue):
        doubts = declared.unsure.get(resource.address, NONE)
        options = project.systems[resource.address.system].options
        if wrong := [*findings(resource, kind, doubts, options)]:
            found[id(resource)] = wrong
    return found
