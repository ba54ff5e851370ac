"""Reads `reconcile.yaml`: systems, credentials by name, variables, environments, guards; what the manifests
declare is left to `manifests`.

What reads the file is imported when it is first asked for: who takes a project as a value needs no YAML.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from reconcile.project.values import FILE, NAME, Guards, Project, SystemConfig

if TYPE_CHECKING:
    from reconcile.project.changes import project_changes
    from reconcile.project.parse import read_project

__all__ = ["FILE", "NAME", "Guards", "Project", "SystemConfig", "project_changes", "read_project"]
_HOMES = {"project_changes": "changes", "read_project": "parse"}


def __getattr__(name: str) -> object:
    """Return what reads a project file."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
