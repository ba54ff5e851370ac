"""Says what the operator sets so that a project's secrets may go where they are used, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.fields.walk import deferred_values
from reconcile.manifests import Loaded, Outside, load
from reconcile.model import Env
from reconcile.project import Project
from reconcile.project.allowed import can_be_listed, entry_for
from reconcile.project.credentials import sources
from reconcile.session.catalogue import CATALOGUE


def secrets_of(project: Project) -> tuple[str, bool]:
    """Return the RECONCILE_SECRETS of the project in its environment, and whether all manifests were read."""
    loaded = load(project, CATALOGUE, Outside())
    entries = (*sorted({*_bound(project)}), *sorted({*_read(loaded)}))
    return ",".join(entries), not loaded.errors


def _bound(project: Project) -> Iterator[str]:
    for config in project.systems.values():
        for source, _ in sources(config):
            if can_be_listed(source, config.url):
                yield entry_for(source, config.url)


def _read(loaded: Loaded) -> Iterator[str]:
    for resource in loaded.resources:
        for _, value in () if resource.is_literal else deferred_values(resource.spec):
            if isinstance(value, Env) and can_be_listed(value.name):
                yield entry_for(value.name)
