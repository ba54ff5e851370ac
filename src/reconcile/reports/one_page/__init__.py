"""Opens a page that is one file, whose policy allows its own style and script and reaches for nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import escape
from importlib.resources import files

from reconcile.reports.common.escape import inert


def opened(title: str, style: str, script: str = "") -> Iterator[str]:
    """Yield a page up to where its body begins; without a `script` of its own none may run."""
    runs = f"script-src '{_hash(script)}'; " if script else ""
    policy = f"default-src 'none'; {runs}style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'"
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f"<title>{text(title)}</title>"
    yield f"<style>{style}</style>\n</head>\n<body>"


def text(given: object) -> str:
    """Return a text as it may stand in an element or an attribute."""
    return escape(inert(given))


def part(package: str | None, name: str) -> str:
    """Return a file of a package, such as its style."""
    return files(package or __package__).joinpath(name).read_text("utf-8")


def style_of(package: str | None, name: str) -> str:
    """Return the style of a page: that of all pages, then the package's own."""
    return part(__package__, "paper.css") + part(package, name)


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
