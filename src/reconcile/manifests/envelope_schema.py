"""Declares the field tables around a spec: apiVersion, kind and metadata; `envelope` reads by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from reconcile.fields.check import MEMBER
from reconcile.fields.validated import Exact


class Suspension(Exact):
    """Why the resource is compared and reported, and never written, and until when that is meant."""

    reason: Annotated[str, Field(description="Why, in words.")]
    until: Annotated[
        str | None,
        Field(description="A day, to its end in UTC, or an instant: then it is red, and still not written."),
    ] = None


class KnownEntry(Exact):
    """One difference that is left alone for a while, for its live value alone."""

    path: Annotated[str, Field(description="The field, as a plan writes it: `projects[1,core].priority`.")]
    live: Annotated[
        Any,
        Field(description="The live value; of an entry of a list its mapping, or null for one that is gone."),
    ]
    reason: Annotated[str, Field(description="Why it is left alone, in words.")]
    until: Annotated[
        str, Field(description="A day, to its end in UTC, at most 90 ahead, or an instant with an offset.")
    ]


def _member(said: object) -> str:
    """Return which form of a suspension is written."""
    return f"{MEMBER}mapping" if isinstance(said, Mapping) else f"{MEMBER}text"


class Metadata(Exact):
    """What Reconcile itself needs to know of a resource."""

    name: Annotated[str, Field(description="Unique for its system and kind: letters, digits, `.`, `_`, `-`.")]
    system: Annotated[str | None, Field(description="Only needed where two systems share the type.")] = None
    dependsOn: Annotated[
        list[str], Field(description="Addresses of what comes first; order only.", default_factory=list)
    ]
    id: Annotated[
        int | str | None, Field(description="Pins the live object; else it is found by its natural key.")
    ] = None
    environments: Annotated[
        list[str] | None,
        Field(description="Where the resource is wanted; it is left out elsewhere. Default: everywhere."),
    ] = None
    suspend: Annotated[
        Annotated[str | None, Tag(f"{MEMBER}text")] | Annotated[Suspension, Tag(f"{MEMBER}mapping")],
        Discriminator(_member),
        Field(
            description="Why the resource is compared and reported, and never written: a text, or "
            "{reason: …, until: …}."
        ),
    ] = None
    known: Annotated[
        list[KnownEntry],
        Field(
            description="Differences that are left alone for a while, each for one live value.",
            default_factory=list,
        ),
    ]
    absent: Annotated[
        bool, Field(description="A tombstone: the object must not exist; --prune deletes it.")
    ] = False


class Envelope(Exact):
    """One manifest."""

    apiVersion: Annotated[str, Field(description="<type of system>/<version of the vendor's API>")]
    kind: Annotated[str, Field(description="The kind of object.")]
    metadata: Annotated[Metadata, Field(description="Its name here, and what it depends on.")]
    spec: Annotated[dict[str, Any], Field(description="The vendor's own field names.", default_factory=dict)]
