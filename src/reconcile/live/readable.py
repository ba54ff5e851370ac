"""What the pages of an answer are read by: a kind of object, or a lookup of objects by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from reconcile.fields.table import Table
from reconcile.model import Json, Live, Request, Response
from reconcile.provider.cases import Page


class Readable(Protocol):
    """Describe what turns answers into live objects."""

    @property
    def name(self) -> str: ...
    @property
    def table(self) -> Table: ...
    @property
    def page(self) -> Callable[[Request, Response], Page]: ...
    @property
    def read(self) -> Callable[[Json], Live]: ...
