"""`reconcile.yaml`: systems, credentials by name, variables, environments, guards."""

from reconcile.project.read import read_project
from reconcile.project.values import FILE, NAME, Guards, Project, SystemConfig

__all__ = ["FILE", "NAME", "Guards", "Project", "SystemConfig", "read_project"]
