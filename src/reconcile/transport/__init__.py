"""Carries requests over HTTP and decides which answers are believed; what is asked is decided elsewhere."""

from reconcile.transport.client import Reader, Writer
from reconcile.transport.redaction import Redactor
from reconcile.transport.settings import Settings

__all__ = ["Reader", "Redactor", "Settings", "Writer"]
