"""YAML to resources or problems, with lines."""

from reconcile.manifests.load import Loaded, load

__all__ = ["Loaded", "load"]
