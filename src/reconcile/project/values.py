"""What a project is once it is read: frozen values for one environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reconcile.kinds import System
from reconcile.model import Json, Origin

FILE = "reconcile.yaml"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class SystemConfig:
    """One system as this environment has it; its credentials are still names."""

    name: str
    system: System
    url: str
    scheme: str
    secrets: Mapping[str, Json]
    options: Mapping[str, Json]
    insecure: bool
    origin: Origin
    auth_origin: Origin


@dataclass(frozen=True, slots=True)
class Guards:
    """How much one apply may do; None is no limit."""

    max_deletes: int | None = 3
    max_runs: int | None = 10
    max_creates: int | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """The project in one environment."""

    root: Path
    environment: str | None
    environments: tuple[str, ...]
    manifests: tuple[tuple[str, Origin], ...]
    systems: Mapping[str, SystemConfig]
    variables: Mapping[str, Json]
    guards: Guards
    auth_variables: frozenset[str] = field(default_factory=frozenset)
