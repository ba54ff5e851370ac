"""Decides which system and which of its routes a request means; a refusal gets its shape elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .schema import fits_text
from .system import Refused, Route, Schema, System

_SLASHES = re.compile("/{2,}")


@dataclass(frozen=True, slots=True)
class Found:
    """Hold a route and the texts that stand for the parameters of its path."""

    route: Route
    params: dict[str, str]


class Router:
    """Hold the mounts and paths of all systems."""

    def __init__(self, systems: Iterable[System]) -> None:
        self._systems = [place for system in systems for place in _places(system)]
        self._public = {
            f"{prefix}{route.path[1:]}"
            for prefix, system, _ in self._systems
            for route in system.routes
            if route.public and prefix == f"{route.mount or system.mount}/"
        }

    def system(self, path: str) -> System | None:
        """Return the system under whose mount `path` lies."""
        return next((system for prefix, system, _ in self._systems if path.startswith(prefix)), None)

    def plain(self, path: str) -> str:
        """Return a path with one slash for several, where its system reads it so."""
        merged = _SLASHES.sub("/", path)
        system = self.system(merged)
        return merged if system is not None and system.merges_slashes else path

    def is_public(self, path: str) -> bool:
        """Tell whether what stands at `path` needs no credentials."""
        return path in self._public

    def find(self, system: System, method: str, path: str) -> Found:
        """Return the route of a path.

        Raises Refused with 404 or, for another method, with 405 and the methods that are allowed.
        """
        prefix, table = next(
            (prefix, table)
            for prefix, own, table in self._systems
            if own is system and path.startswith(prefix)
        )
        bare = next((path.removesuffix(it) for it in system.suffixes if path.endswith(it)), path)
        for pattern, methods in table:
            match = pattern.fullmatch(bare, len(prefix) - 1)
            if match is not None and _params_fit(methods, match.groupdict()):
                return Found(_allowed(methods, method), match.groupdict())
        raise Refused(404, "there is nothing at this path")


_Table = list[tuple[re.Pattern[str], dict[str, Route]]]


def _places(system: System) -> Iterator[tuple[str, System, _Table]]:
    for own in dict.fromkeys(route.mount for route in system.routes):
        yield f"{own or system.mount}/", system, _table(it for it in system.routes if it.mount == own)


def _table(routes: Iterable[Route]) -> _Table:
    by_path: dict[str, dict[str, Route]] = {}
    for route in routes:
        by_path.setdefault(route.path, {})[route.method] = route
    return [(_pattern(path), methods) for path, methods in by_path.items()]


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))


def _params_fit(methods: dict[str, Route], params: dict[str, str]) -> bool:
    schemas: dict[str, Schema] = {}
    for route in methods.values():
        schemas.update(route.params)
    return all(fits_text(schemas.get(name, {}), text) for name, text in params.items())


def _allowed(methods: dict[str, Route], method: str) -> Route:
    route = methods.get(method)
    if route is not None:
        return route
    refused = Refused(405, f"{method} is not allowed here")
    refused.headers = (("allow", ", ".join(sorted(methods))),)
    raise refused
