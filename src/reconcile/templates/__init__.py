"""The files that `reconcile init` writes."""
