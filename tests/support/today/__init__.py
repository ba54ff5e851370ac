"""Answers as the vendors' documents of 2026 say their newest versions do: FlexDeploy 9, Katalon's newer
platform, Foundry; written by hand from those, so that it shares nothing with client or sandbox.
"""

from __future__ import annotations

from .frame import Call, Refused, Today, serving

__all__ = ["Call", "Refused", "Today", "serving"]
