"""Every message that the hostile cases bring out, in one file to be read: messages.txt.

`HOSTILE_REWRITE=1 pytest tests/hostile -p no:xdist` writes it anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

FILE = Path(__file__).parent / "messages.txt"
REWRITE = bool(os.environ.get("HOSTILE_REWRITE"))

_NORMAL: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        (r"http://127\.0\.0\.1:\d+", "SANDBOX"),
        (r"the proxy 127\.0\.0\.1:\d+", "the proxy HOST"),
        (r"\b\d+\.\d s\b", "N s"),
        (r"not JSON: .+? at character (?!1\b)\d+", "not JSON: WHAT at character N"),
        (r"received \d+ bytes, expected \d+", "received N bytes, expected N"),
        (r" +(?=manifests/\S+$)", "  "),
        (r"\(process \d+\)", "(process N)"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", "NOW"),
    )
)


class Snapshot:
    """What each case is known to say."""

    def __init__(self) -> None:
        self.known = dict(_sections(FILE.read_text("utf-8"))) if FILE.exists() else {}
        self.told: dict[str, tuple[str, ...]] = {}

    def check(self, name: str, lines: Iterable[str], folder: Path | None = None) -> None:
        """That the case says what it is known to say; when rewriting, it is known from now on."""
        told = (line.replace(str(folder), "FOLDER") if folder else line for line in lines)
        said = tuple(dict.fromkeys(map(normal, told)))
        self.told[name] = said
        if not REWRITE:
            assert said == self.known.get(name, ()), name

    def keep(self, names: Iterable[str]) -> None:
        """Writes the file anew, for the cases that there are; the others are forgotten."""
        whole = {**self.known, **self.told}
        FILE.write_text("\n".join(_spelled(name, whole.get(name, ())) for name in names), encoding="utf-8")


def normal(line: str) -> str:
    """A line without what differs from run to run."""
    for pattern, word in _NORMAL:
        line = pattern.sub(word, line)
    return line


def _sections(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for part in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        name, *lines = part.rstrip("\n").split("\n")
        yield name, tuple(lines)


def _spelled(name: str, lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in (f"== {name}", *lines))


def words(known: Mapping[str, tuple[str, ...]]) -> str:
    """All that is said, as one text."""
    return "\n".join(line for lines in known.values() for line in lines)
