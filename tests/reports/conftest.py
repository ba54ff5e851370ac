"""Counts, for docs/trust.md, what the renderers were shown."""

from __future__ import annotations

import pytest
from tests.support.documents import STRINGS
from tests.trust.figures import counted

from reconcile.reports.formats import FORMATS


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Once, after all of them have held."""
    if exitstatus == 0 and not hasattr(session.config, "workerinput"):
        counted("renderers", strings=STRINGS, formats=len(FORMATS))
