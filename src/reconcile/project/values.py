"""Defines what a project is once `parse` has read it, as frozen values for one environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reconcile.model import EMPTY, Json, Origin
from reconcile.named_tuple import NamedTuple
from reconcile.provider.kinds import System

if TYPE_CHECKING:
    from reconcile.project.freezes import Freeze

FILE = "reconcile.yaml"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class SystemConfig(NamedTuple):
    """Describe one system as this environment has it; its credentials are still names."""

    name: str
    system: System
    url: str
    scheme: str
    secrets: Mapping[str, Json]
    options: Mapping[str, Json]
    insecure: bool
    origin: Origin
    auth_origin: Origin
    secret_origins: Mapping[str, Origin]
    """Where the value of each part of the credential stands."""

    headers: Mapping[str, Json] = EMPTY
    """The headers that are sent with each request, by name: a text, or a secret's name."""

    header_origins: Mapping[str, Origin] = EMPTY
    root: Path = Path()
    """The project's folder, in which somebody else may have written."""


class Guards(NamedTuple):
    """Say how much one apply may do; None is no limit."""

    max_deletes: int | None = 3
    max_runs: int | None = 10
    max_creates: int | None = None


class LockPlace(NamedTuple):
    """Name the ref at a remote of the operator's checkout that keeps applies on several machines apart."""

    remote: str
    ref: str | None = None
    """The whole name of the ref; None for the one that is called after the project."""

    origin: Origin = Origin(FILE)


class Project(NamedTuple):
    """Describe the project in one environment."""

    root: Path
    environment: str | None
    environments: tuple[str, ...]
    manifests: tuple[tuple[str, Origin], ...]
    systems: Mapping[str, SystemConfig]
    variables: Mapping[str, Json]
    guards: Guards
    auth_variables: frozenset[str] = frozenset()
    variable_names: frozenset[str] = frozenset()
    """Every variable that the file has, in any environment."""
    origins: Mapping[tuple[str, ...], Origin] = EMPTY
    """Where the guards and the environments stand, each of them and all together."""
    freezes: tuple[Freeze, ...] = ()
    lock: LockPlace | None = None
