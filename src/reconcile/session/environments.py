"""Finds which environments a check without --env covers: all that the project file names."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.manifests.files import Folder
from reconcile.model import Problem
from reconcile.project import FILE
from reconcile.session.run_options import RunOptions
from reconcile.yaml_source import read_documents


def each_environment(options: RunOptions) -> Iterator[RunOptions]:
    """Yield the options as given, or for each environment of the project where none is given."""
    names = _names(options) if options.environment is None else ()
    if not names:
        yield options
    yield from (options._replace(environment=name) for name in names)


def _names(options: RunOptions) -> tuple[str, ...]:
    """Return the names under `environments`; none where the file cannot be read: a load reports that."""
    data = Folder(options.folder.absolute()).read(FILE)
    if isinstance(data, Problem):
        return ()
    documents, _ = read_documents(data, FILE)
    value = documents[0].value if documents else None
    environments = value.get("environments") if isinstance(value, dict) else None
    return tuple(environments) if isinstance(environments, dict) else ()
