"""Declares the project file's field tables: what `reconcile.yaml` may hold; `parse` reads by them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from reconcile.fields.validated import Exact
from reconcile.project.values import Guards


class SystemEntry(Exact):
    """One system of the project."""

    type: Annotated[str | None, Field(description="The type of system; default: the system's own name.")] = (
        None
    )
    url: Annotated[str, Field(description="The base url of its API.")]
    auth: Annotated[dict[str, Any], Field(description="One way to authenticate; secrets by name only.")]
    headers: Annotated[
        dict[str, Any],
        Field(
            description="Sent with each request: a text, or {env: NAME} or {file: PATH}.",
            default_factory=dict,
        ),
    ]
    options: Annotated[
        dict[str, Any],
        Field(description="What differs from one such server to the next.", default_factory=dict),
    ]
    insecure: Annotated[bool, Field(description="Allow plain http to a host that is not loopback.")] = False


class PartialSystem(Exact):
    """What an environment lays over a system."""

    type: Annotated[str | None, Field(description="Another type.")] = None
    url: Annotated[str | None, Field(description="Another url.")] = None
    auth: Annotated[
        dict[str, Any] | None,
        Field(description="Laid over part by part; another way to authenticate replaces it."),
    ] = None
    headers: Annotated[
        dict[str, Any] | None, Field(description="Laid over by name; null takes one away.")
    ] = None
    options: Annotated[dict[str, Any] | None, Field(description="Laid over by name.")] = None
    insecure: Annotated[
        bool | None, Field(description="Allow plain http to a host that is not loopback.")
    ] = None


class GuardsEntry(Exact):
    """How much one apply may do."""

    max_deletes: Annotated[int | None, Field(ge=0, description="Objects and entries removed.")] = (
        Guards().max_deletes
    )
    max_runs: Annotated[int | None, Field(ge=0, description="Runs started.")] = Guards().max_runs
    max_creates: Annotated[int | None, Field(ge=0, description="Objects created.")] = Guards().max_creates


class FreezeEntry(Exact):
    """When nothing may be written: from an instant until another, or again and again by a schedule."""

    name: Annotated[str, Field(min_length=1, description="Its name, which no other freeze has.")]
    reason: Annotated[str, Field(min_length=1, description="Why, for whoever is refused.")]
    from_: Annotated[
        str | None, Field(alias="from", description="When it begins: a date-time with an offset.")
    ] = None
    until: Annotated[str | None, Field(description="When it is over: a date-time with an offset.")] = None
    schedule: Annotated[str | None, Field(description="When it begins, each time: a Quartz expression.")] = (
        None
    )
    duration: Annotated[str | None, Field(description="How long it lasts, each time: 30m, 62h or 2d.")] = None
    timeZone: Annotated[str | None, Field(description="The zone of the schedule. Default UTC.")] = None
    systems: Annotated[list[str] | None, Field(description="The only systems that it covers.")] = None
    targets: Annotated[list[str] | None, Field(description="Globs of the only addresses that it covers.")] = (
        None
    )


class LockEntry(Exact):
    """What keeps applies on several machines apart."""

    git: Annotated[
        str | None,
        Field(description="The name of a remote of the operator's checkout that may be pushed to."),
    ] = None
    ref: Annotated[
        str | None,
        Field(
            description="The ref that stands for the lock there; default refs/reconcile/lock/<environment>."
        ),
    ] = None


class EnvironmentEntry(Exact):
    """What one environment lays over the top level, key by key."""

    systems: Annotated[
        dict[str, PartialSystem],
        Field(description="What is laid over each system, by its name.", default_factory=dict),
    ]
    variables: Annotated[
        dict[str, Any], Field(description="Laid over the variables, by name.", default_factory=dict)
    ]
    guards: Annotated[GuardsEntry | None, Field(description="Laid over the guards, by name.")] = None
    manifests: Annotated[
        list[str] | None, Field(description="Files or folders, in place of the top level's.")
    ] = None
    freezes: Annotated[
        list[FreezeEntry], Field(description="Added to the top level's.", default_factory=list)
    ]
    lock: Annotated[LockEntry | None, Field(description="Laid over the lock, key by key.")] = None


class ProjectFile(Exact):
    """The project file."""

    version: Annotated[Literal[1], Field(description="The version of this file's format.")]
    manifests: Annotated[list[str], Field(description="Files or folders, read recursively.")] = Field(
        default_factory=lambda: ["manifests"]
    )
    systems: Annotated[dict[str, SystemEntry], Field(description="The systems, by names of the user's own.")]
    variables: Annotated[dict[str, Any], Field(description="Values for `{var: NAME}`.", default_factory=dict)]
    environments: Annotated[
        dict[str, EnvironmentEntry], Field(description="Chosen by --env.", default_factory=dict)
    ]
    guards: Annotated[GuardsEntry, Field(description="Limits past which apply refuses.")] = Field(
        default_factory=GuardsEntry
    )
    freezes: Annotated[
        list[FreezeEntry],
        Field(description="When nothing may be written, and nothing should fire.", default_factory=list),
    ]
    lock: Annotated[
        LockEntry | None,
        Field(description="What keeps applies on several machines apart; default: one machine only."),
    ] = None
