"""Resources, operations and wishes made by hand, for tests of what works on values alone."""

from __future__ import annotations

from typing import Any

from tests.support.lamps import LAMP

from reconcile.desired import Wanted
from reconcile.model import Address, FieldPath, Live, Origin, Resource, Spec
from reconcile.planning.contents import Operation
from reconcile.provider import Kind
from reconcile.systems.flexdeploy.release import RELEASE

HERE = Origin("m.yaml", 1)


def locate(path: FieldPath) -> Origin:
    """A line for each depth of a path: nothing reads a file here."""
    return Origin("m.yaml", 1 + len(path))


def address(name: str, kind: str = "Lamp", system: str = "lamps") -> Address:
    """`lamps/Lamp/<name>`."""
    return Address(system, kind, name)


def lamp(name: str = "a", spec: Spec | None = None, **more: Any) -> Resource:
    """A declared lamp."""
    return Resource(address(name), "lamps/v1", {"title": name, **(spec or {})}, HERE, locate, **more)


def release(name: str = "a", spec: Spec | None = None, **more: Any) -> Resource:
    """A declared release."""
    where = address(name, "Release", "flexdeploy")
    return Resource(where, "flexdeploy/v1", {"releaseName": name, **(spec or {})}, HERE, locate, **more)


def wanted(resource: Resource, **options: Any) -> Wanted:
    """The resource with its kind."""
    kind: Kind = RELEASE if resource.address.system == "flexdeploy" else LAMP
    return Wanted(resource, kind, options)


def live_lamp(id_: int = 1, title: str = "a", **said: Any) -> Live:
    """A lamp that is there."""
    return Live(id_, title, {"lampId": id_, "title": title, **said})


def operation(name: str, *needs: str, action: Any = "update") -> Operation:
    """An operation that needs others, by their names."""
    return Operation(address(name), action, None, name, HERE, (), (), tuple(map(address, needs)))


def a_release(spec: Spec | None = None, **more: Any) -> Wanted:
    """The release `a` as a manifest may want it."""
    return wanted(release("a", spec, **more))


def a_lamp(spec: Spec | None = None, **more: Any) -> Wanted:
    """The lamp `a` as a manifest may want it."""
    return wanted(lamp("a", spec, **more))
