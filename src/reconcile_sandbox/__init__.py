"""Serves fakes of the vendors' systems over real HTTP; shares nothing with the engine, nor its mistakes."""

from __future__ import annotations

from .server import Sandbox, check, describe, running, serve_forever

__all__ = ["Sandbox", "check", "describe", "running", "serve_forever"]
