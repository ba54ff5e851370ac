"""Lists the formats, each a module with `render(document, options)` that is imported when it is asked for."""

from __future__ import annotations

import re
from codecs import lookup
from collections.abc import Collection, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from reconcile.named_tuple import NamedTuple

if TYPE_CHECKING:  # a start that prints the help needs no document
    from reconcile.planfile.document import Document

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
LEAST_CHARS = 1_500
MOST_CHARS = 60_000
"""Under the 65,536 characters that a comment on GitHub may have."""


class Options(NamedTuple):
    """Hold what a report is told beside the document."""

    max_chars: int = MOST_CHARS
    """The budget of the markdown format, in characters; LEAST_CHARS or more."""

    quiet: bool = False
    """Whether a text has its last line alone."""

    verbose: bool = False
    """Whether a text has a row for each of many that are alike."""

    width: int | None = None
    """How many characters a line of a text may have; None where nobody looks at it on a terminal."""

    told: Collection[str] = ()
    """The addresses of which a text was told already that they went well, on the terminal that it goes to."""

    folder: str = ""
    """The project's folder, as seen from the folder that annotations are relative to; "" for that folder."""

    def file(self, name: str) -> str:
        """Return the path of a file as seen from the folder that annotations are relative to."""
        return f"{self.folder.rstrip('/')}/{name}" if self.folder else name


FORMATS: Mapping[str, str] = {
    "text": "text",
    "json": "json",
    "markdown": "markdown",
    "html": "html",
    "github": "github",
    "junit": "junit",
    "terraform-report": "terraform",
}


ESCAPES: Mapping[str, str] = {
    "json": "json",
    "terraform-report": "json",
    "html": "xml",
    "junit": "xml",
    "yaml": "yaml",
}
"""How each format that a program reads spells a character without any byte beyond ASCII."""


def is_bytes(name: str, encoding: str | None) -> bool:
    """Tell whether a format is in UTF-8 whatever the stream, and has no spelling of its own in another."""
    return name == "ics" and lookup(encoding or "utf-8").name != "utf-8"


def escaped(text: str, name: str, encoding: str) -> str:
    """Return `text` of a format as it may stand in a stream of an encoding: in ASCII where that is not UTF-8.

    Text for people, which has no spelling of its own for what an encoding lacks, is left to the stream.
    """
    way = ESCAPES.get(name)
    if way is None or text.isascii() or lookup(encoding).name == "utf-8":
        return text
    if way == "xml":
        return text.encode("ascii", "xmlcharrefreplace").decode()
    return _BEYOND_ASCII.sub(_units if way == "json" else _number, text)


def _number(found: re.Match[str]) -> str:
    """Return a character as YAML spells it inside double quotes, where alone one beyond ASCII is written."""
    number = ord(found[0])
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _units(found: re.Match[str]) -> str:
    """Return a character as JSON spells it: as one or two units of UTF-16."""
    data = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[at]:02x}{data[at + 1]:02x}" for at in range(0, len(data), 2))


def render(name: str, document: Document, options: Options | None = None) -> str:
    """Return the document in the named format; ValueError where there is no such format."""
    if name not in FORMATS:
        raise ValueError(f"there is no format `{name}`: there are {', '.join(FORMATS)}")
    module = import_module(f"reconcile.reports.{FORMATS[name]}")
    text: str = module.render(document, options or Options())
    return text
