"""The limits of a client where a test is not about them: those of a run of which nobody says any."""

from __future__ import annotations

from reconcile.session.limits import PARALLELISM, RETRIES, TIMEOUT
from reconcile.transport import Settings

SETTINGS = Settings(TIMEOUT.default, RETRIES.default, PARALLELISM.default)
