"""Reads `reconcile.yaml`: systems, credentials by name, variables, environments, guards; what the manifests
declare is left to `manifests`.
"""

from reconcile.project.changes import project_changes
from reconcile.project.parse import read_project
from reconcile.project.values import FILE, NAME, Guards, Project, SystemConfig

__all__ = ["FILE", "NAME", "Guards", "Project", "SystemConfig", "project_changes", "read_project"]
