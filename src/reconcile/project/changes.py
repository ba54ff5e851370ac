"""What of the project file itself differs from the base: where it goes, as whom, and how far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconcile.model import Change, Json, Origin
from reconcile.project.values import FILE, Project, SystemConfig


def project_changes(before: Project, after: Project) -> tuple[Change, ...]:
    """The systems, the names of their credentials, the guards and environments that differ, by their keys."""
    then, now = dict(_facts(before)), dict(_facts(after))
    return tuple(
        Change(tuple(key.split(".")), then.get(key), now.get(key), _origin(after, key), "change")
        for key in sorted({*then, *now})
        if then.get(key) != now.get(key)
    )


def _facts(project: Project) -> Iterator[tuple[str, Json]]:
    for name, config in project.systems.items():
        yield from _flat(f"systems.{name}", _system(config))
    yield from _flat("guards", project.guards._asdict())
    yield from ((f"environments.{name}", "declared") for name in project.environments)


def _system(config: SystemConfig) -> Mapping[str, Json]:
    return {
        "type": config.system.type,
        "url": config.url,
        "auth": {config.scheme: dict(config.secrets)},
        "options": dict(config.options),
        "insecure": config.insecure,
    }


def _flat(prefix: str, value: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(f"{prefix}.{key}", inner)
    else:
        yield prefix, value


def _origin(project: Project, key: str) -> Origin:
    config = project.systems.get(key.split(".")[1]) if key.startswith("systems.") else None
    if config is None:
        return Origin(FILE)
    return config.auth_origin if ".auth" in key else config.origin
