"""Defines the marks beside a field's type, which say what is unusual about it; `table` compiles them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from reconcile.model import Json, Spec
from reconcile.named_tuple import NamedTuple
from reconcile.timetables.timetable import ReadTimes


class Fields:
    """Require exact types and no unknown keys: the base of every field table, said by annotations and
    defaults.

    A field table is no pydantic model, for a run whose manifests are known validates nothing, and pydantic
    takes longer to import than such a run takes to compare a thousand objects; `model_of` makes the model.
    """

    server_own: ClassVar[tuple[str, ...]] = ()
    """The fields of a live answer that are the server's own: no request can hold them. What else an answer
    has and the table does not know is sent back as it was read by a request that replaces the object."""


class Form(NamedTuple):
    """Hold the normal form in which two spellings of one value are equal; a normal form never raises."""

    of: Callable[[Json], Json]


class Default(NamedTuple):
    """Hold the value that null, and a field absent from a reply, stand for."""

    value: Json


class ServerDefault(NamedTuple):
    """Say that the server chooses where null is written, so that null is in sync with whatever it chose."""

    is_exported: bool = False
    """Whether `export` writes what is live all the same, since it is mostly people who chose it; else the
    value stands there as a comment, and the choice stays the server's."""


class KeyedList(NamedTuple):
    """Say that the entries of a list are identified by these fields of theirs; their order means nothing."""

    fields: tuple[str, ...]


class OnlyWritten:
    """Say that of a keyed list only the entries that the manifest writes are ours: the others stay."""


class NeverChanges(NamedTuple):
    """Say that nothing changes the field once its object is there: a difference is blocked."""

    todo: str = "make another object, or write what is live"
    """What can be done about it, in words."""


class Atomic:
    """Say that a value, such as a tagged union, is compared and reported as one."""


class RefersTo(NamedTuple):
    """Hold the kind whose live id this field holds."""

    kind: str
    """A kind of the same system; `type/Kind` for one of a system of another type."""


class NamedBy(NamedTuple):
    """Hold the sibling field in which a live answer names what this field identifies."""

    field: str


class ShownAs(NamedTuple):
    """Hold the field in which a live answer shows the object whose id this field holds: written as
    `status_id: 3`, shown as `status: {id: 3, name: New}`."""

    field: str
    id: str = "id"
    """The field of the shown object with its id; what is no object is the id itself."""
    name: str = "name"
    """The field of the shown object with its name, which is shown beside the id."""

    @property
    def named_by(self) -> str:
        """Return under which name the reader of a row keeps the shown name."""
        return f"{self.field}.{self.name}"


class Nameable(NamedTuple):
    """Say that `{named: TEXT}` may stand for the id that this field holds."""

    lookup: str
    """Which of the kind's lookups shows the objects by their names."""

    within: str = ""
    """The sibling field with the id of the object that they are in; empty: they are in none."""


class SensitiveIf(NamedTuple):
    """Say by the object around the field whether the field's value is secret, whoever wrote it."""

    test: Callable[[Spec], bool]


class FromName:
    """Say that the resource's own name is meant where the manifest is silent."""


class AtLeast(NamedTuple):
    """Say that a live value further along than the desired one, in this order of normal forms, is in sync.

    Without an order the normal forms themselves are compared.
    """

    order: tuple[Json, ...] = ()


class LookupOnly:
    """Say that a field tells where to ask, and is never compared."""


class FromOption:
    """Say that the system's option of this name is meant where the manifest is silent."""


class Fires(NamedTuple):
    """Say that a field holds a schedule, and when a value of it fires."""

    read: ReadTimes


class Begins:
    """Say that what the object describes begins at the instant that this field holds."""


class Doc(NamedTuple):
    """Hold what is said of a field: the vendor's type, one sentence, and an example that validates."""

    vendor: str
    description: str
    example: Json


def doc(vendor: str, description: str, example: Json) -> Any:
    """Return the documentation of a field, as a mark to stand beside its type."""
    return Doc(vendor, description, example)
