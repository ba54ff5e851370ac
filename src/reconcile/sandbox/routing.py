"""Decides which system and which of its routes a request means; a refusal gets its shape elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .schema import fits_text
from .system import Refused, Route, Schema, System


@dataclass(frozen=True, slots=True)
class Found:
    """A route and the texts that stand for its path's parameters."""

    route: Route
    params: dict[str, str]


class Router:
    """The mounts and paths of all systems."""

    def __init__(self, systems: Iterable[System]) -> None:
        self._systems = [(f"{system.mount}/", system, _table(system.routes)) for system in systems]

    def system(self, path: str) -> System | None:
        """The system under whose mount `path` lies."""
        return next((system for prefix, system, _ in self._systems if path.startswith(prefix)), None)

    def find(self, system: System, method: str, path: str) -> Found:
        """The route of a path; Refused with 404 or, for another method, with 405 and what is allowed."""
        table = next(table for _, own, table in self._systems if own is system)
        for pattern, methods in table:
            match = pattern.fullmatch(path, len(system.mount))
            if match is not None and _params_fit(methods, match.groupdict()):
                return Found(_allowed(methods, method), match.groupdict())
        raise Refused(404, "there is nothing at this path")


_Table = list[tuple[re.Pattern[str], dict[str, Route]]]


def _table(routes: tuple[Route, ...]) -> _Table:
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
