"""The only HTTP: decides how a request travels and which answers are believed, not what is asked."""

from reconcile.transport.client import Reader, Writer
from reconcile.transport.redaction import Redactor
from reconcile.transport.settings import Settings

__all__ = ["Reader", "Redactor", "Settings", "Writer"]
