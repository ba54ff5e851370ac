"""Writes one page that holds the whole document, readable without its script, with nothing from outside."""

from reconcile.reports.html.page import render

__all__ = ["render"]
