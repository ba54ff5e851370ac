"""Finds what of the project file itself differs from the base: where it goes, as whom, and how far; what its
manifests change is left to `planning`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from reconcile.model import Change, Json, Origin
from reconcile.project.values import FILE, Project, SystemConfig

Key: TypeAlias = tuple[str, ...]


def project_changes(before: Project, after: Project) -> tuple[Change, ...]:
    """Return the changes of systems, credentials' names, guards, freezes, the lock and environments, by key.

    Each has the line where `after` says it; what `after` does not say any more has the line of what stands
    around.
    """
    then, now = dict(_facts(before)), dict(_facts(after))
    return tuple(
        Change(key, then.get(key), now.get(key), _origin(after, key), "change")
        for key in sorted({*then, *now})
        if then.get(key) != now.get(key)
    )


def _facts(project: Project) -> Iterator[tuple[Key, Json]]:
    for name, config in project.systems.items():
        yield from _flat(("systems", name), _system(config))
    yield from _flat(("guards",), project.guards._asdict())
    yield from ((("freezes", freeze.name), json.loads(freeze.told)) for freeze in project.freezes)
    if project.lock is not None:
        yield ("lock", "git"), project.lock.remote
        yield ("lock", "ref"), project.lock.ref
    yield from ((("environments", name), "declared") for name in project.environments)


def _system(config: SystemConfig) -> Mapping[str, Json]:
    return {
        "type": config.system.type,
        "url": config.url,
        "auth": {config.scheme: dict(config.secrets)},
        "headers": dict(config.headers),
        "options": dict(config.options),
        "insecure": config.insecure,
    }


def _flat(prefix: Key, value: Json) -> Iterator[tuple[Key, Json]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat((*prefix, key), inner)
    else:
        yield prefix, value


def _origin(project: Project, key: Key) -> Origin:
    config = project.systems.get(key[1]) if key[0] == "systems" else None
    if config is None:
        return project.origins.get(key) or project.origins.get(key[:1]) or Origin(FILE)
    if key[2] == "headers":
        return config.header_origins.get(key[3] if key[3:] else "", config.origin)
    if key[2] != "auth":
        return config.origin
    return next(
        (config.secret_origins[part] for part in key if part in config.secret_origins), config.auth_origin
    )
