"""Declares the field tables around a spec: apiVersion, kind and metadata; `envelope` reads by them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from reconcile.fields.validated import Exact


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
        str | None, Field(description="Why the resource is compared and reported, and never written.")
    ] = None
    absent: Annotated[
        bool, Field(description="A tombstone: the object must not exist; --prune deletes it.")
    ] = False


class Envelope(Exact):
    """One manifest."""

    apiVersion: Annotated[str, Field(description="<type of system>/<version of the vendor's API>")]
    kind: Annotated[str, Field(description="The kind of object.")]
    metadata: Annotated[Metadata, Field(description="Its name here, and what it depends on.")]
    spec: Annotated[dict[str, Any], Field(description="The vendor's own field names.", default_factory=dict)]
