"""The marks that stand beside a field's type and say only what is unusual about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

from reconcile.model import Json, Spec


class Fields:
    """The base of every field table: exact types, no unknown keys. Annotations and defaults say all of it.

    It is no pydantic model, for a run whose manifests are known validates nothing, and pydantic takes longer
    to import than such a run takes to compare a thousand objects; `model_of` makes the model.
    """

    server_own: ClassVar[tuple[str, ...]] = ()
    """The fields of a live answer that are the server's own: no request can hold them. What else an answer
    has and the table does not know is said back by a request that replaces the object."""


class Form(NamedTuple):
    """The normal form in which two spellings of one value are equal; it never raises."""

    of: Callable[[Json], Json]


class Default(NamedTuple):
    """The value that null, and a field absent from a reply, stand for."""

    value: Json


class ServerDefault:
    """The server chooses where null is written, so null is in sync with whatever it chose."""


class KeyedList(NamedTuple):
    """A list whose entries have an identity: these fields of theirs; their order means nothing."""

    fields: tuple[str, ...]


class Atomic:
    """A value compared and reported as one, such as a tagged union."""


class RefersTo(NamedTuple):
    """The kind whose live id this field holds."""

    kind: str


class NamedBy(NamedTuple):
    """The sibling field in which a live answer names what this field identifies."""

    field: str


class SensitiveIf(NamedTuple):
    """Says of the object around the field whether the field's value is secret, whoever wrote it."""

    test: Callable[[Spec], bool]


class FromName:
    """Where the manifest is silent, the resource's own name is meant."""


class AtLeast(NamedTuple):
    """A live value that is further along than the wanted one, in this order of normal forms, is in sync.

    Without an order the normal forms themselves are compared.
    """

    order: tuple[Json, ...] = ()


class LookupOnly:
    """Says where to ask, and is never compared."""


class FromOption:
    """Where the manifest is silent, the system's option of this name is meant."""


class Doc(NamedTuple):
    """What is said of a field: the vendor's type, one sentence, and an example that validates."""

    vendor: str
    description: str
    example: Json


def doc(vendor: str, description: str, example: Json) -> Any:
    """A row's documentation."""
    return Doc(vendor, description, example)
