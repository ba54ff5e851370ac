"""Describes what the record of an apply has beside its plan, for an undo; `planfile.kept` fills it."""

from __future__ import annotations

from collections.abc import Mapping

from reconcile.model import Json
from reconcile.named_tuple import NamedTuple
from reconcile.planning.contents import Status


class KeptField(NamedTuple):
    """Hold where a change of a record is, and a digest of what its apply left there."""

    path: tuple[Json, ...]
    """Its steps: a field's name, or the list of texts that is the key of an entry."""

    left: str | None = None
    """None where the apply did not see what came of it."""


class Kept(NamedTuple):
    """Hold what an undo needs of an operation that may have written: the record alone has it."""

    kind: str
    api_version: str
    id: int | str | None
    key: Mapping[str, Json]
    """The fields by which the object is found, and that say where."""

    status: Status
    fields: tuple[KeptField, ...]
    """One for each change, in their order."""

    left: str | None = None
    """A digest of the whole object as the apply left it; None where it did not see that."""

    carries: tuple[str, ...] = ()
    """The addresses of what was written as a part of it, its own left out."""
