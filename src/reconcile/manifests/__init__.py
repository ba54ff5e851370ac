"""Turns YAML files into resources, or into problems with lines; comparing with live is left to others."""

from reconcile.manifests.load import Loaded, Outside, load

__all__ = ["Loaded", "Outside", "load"]
