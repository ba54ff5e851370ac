"""Holds what is true for all tests: no property is timed, and signals act as they do in a shell."""

from __future__ import annotations

import signal

from hypothesis import settings

settings.register_profile("untimed", parent=settings.default, deadline=None)
settings.load_profile("untimed")

# A CI that starts the suite under `nohup` or in the background hands ignored signals down to what is tested.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
