"""Gives libyaml's parser of a text, or says what to install where PyYAML comes without it."""

from __future__ import annotations

from typing import Any, Final, Protocol

from reconcile.errors import ProblemsFound
from reconcile.model import Problem

try:
    from yaml._yaml import CParser
except ImportError:
    CParser = None  # type: ignore[assignment,misc]

_WITHOUT: Final = Problem(
    "no-libyaml",
    "this PyYAML was built without libyaml, which reads the YAML: install a wheel of it, with"
    " pip install --force-reinstall --only-binary pyyaml pyyaml",
)


class Events(Protocol):
    """Describe what we need of a parser."""

    def get_event(self) -> Any:
        """Return the next event; raises `MarkedYAMLError`."""


def parser_of(text: str) -> Events:
    """Return libyaml's parser of `text`; raise `ProblemsFound` where PyYAML was built without libyaml."""
    if CParser is None:
        raise ProblemsFound((_WITHOUT,))
    return CParser(text)
