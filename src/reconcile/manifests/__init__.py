"""YAML to resources or problems, with lines."""

from reconcile.manifests.load import Loaded, Outside, load

__all__ = ["Loaded", "Outside", "load"]
