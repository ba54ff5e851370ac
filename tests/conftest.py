"""What holds for all tests: no property is timed, for the machine may have other work to do."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("untimed", parent=settings.default, deadline=None)
settings.load_profile("untimed")
