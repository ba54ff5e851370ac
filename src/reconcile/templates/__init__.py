"""Holds the files that `reconcile init` writes."""
