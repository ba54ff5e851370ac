"""Finds which installed distributions add a type of system, without importing any of them.

Only the interpreter's own site directories count: whatever stands in the current folder or a project is never
taken, however the interpreter was started.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from importlib.metadata import Distribution, distributions

from reconcile.named_tuple import NamedTuple
from reconcile.packages.search_path import site_folders

GROUP = "reconcile.systems"


class Package(NamedTuple):
    """Name an installed distribution."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Offer(NamedTuple):
    """Say which type of system a distribution adds, and where its declaration stands."""

    type: str
    """Empty where the distribution's list of entry points cannot be read."""

    target: str
    """The module and the name in it, as `module:NAME`."""

    package: Package
    about: str = ""
    """The folder of what the installer keeps of the distribution, named by its name and version."""

    is_worked_on: bool = False
    """Whether the installation leads to where the package is written, so that its version says little."""


def offers() -> tuple[Offer, ...]:
    """Return what every installed distribution adds, in the order of types and packages."""
    return _offers(tuple((folder, _changed(folder)) for folder in site_folders()))


def _changed(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return 0


@cache
def _offers(folders: tuple[tuple[str, int], ...]) -> tuple[Offer, ...]:
    found: dict[str, list[Offer]] = {}
    for folder, _ in folders:
        for distribution in distributions(path=[folder]):
            if GROUP in _text(distribution, "entry_points.txt"):
                package = _package(distribution)
                found.setdefault(_normal(package.name), [*_of(distribution, package)])
    return tuple(sorted(offer for each in found.values() for offer in each))


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _text(distribution: Distribution, name: str) -> str:
    """Return what an installer keeps under a name; nothing where that is not there, or no text."""
    try:
        return distribution.read_text(name) or ""
    except (OSError, ValueError):
        return ""


def _package(distribution: Distribution) -> Package:
    """Return the name and the version that a distribution gives itself; else those of its folder."""
    try:
        about = {**distribution.metadata.json}
    except (OSError, ValueError, TypeError, AttributeError):
        about = {}
    name, _, version = os.path.basename(_about(distribution)).removesuffix(".dist-info").partition("-")
    return Package(
        str(about.get("name") or name or "a package without a name"),
        str(about.get("version") or version or "?"),
    )


def _about(distribution: Distribution) -> str:
    return str(getattr(distribution, "_path", ""))


def _of(distribution: Distribution, package: Package) -> Iterator[Offer]:
    """Yield what a distribution adds; where its entry points are no such list, that alone."""
    about = _about(distribution)
    worked_on = '"editable"' in _text(distribution, "direct_url.json")
    try:
        points = [*distribution.entry_points]
    except (ValueError, TypeError, AttributeError):
        yield Offer("", "", package, about)
        return
    for point in points:
        if point.group == GROUP:
            yield Offer(point.name, point.value.replace(" ", ""), package, about, worked_on)
