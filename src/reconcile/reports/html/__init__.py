"""One page that holds the whole document: readable without its script, and reaching for nothing outside."""

from reconcile.reports.html.page import render

__all__ = ["render"]
