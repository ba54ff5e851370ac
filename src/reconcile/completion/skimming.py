"""Skims a manifest or a project file for the names in it, and checks nothing: every command does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""What a shell takes for nothing but a name."""

_API = re.compile(r"^apiVersion:\s*[\"']?([\w.-]+)/", re.MULTILINE)
_KIND = re.compile(r"^kind:\s*[\"']?(\w+)", re.MULTILINE)
_METADATA = re.compile(r"^metadata:(\s*\{[^}]*\}|.*(?:\n[ \t]+.*|\n[ \t]*)*)", re.MULTILINE)
_OF_METADATA = re.compile(r"(?:^|[{,\s])(name|system):\s*[\"']?([\w.-]+)")
_DIVIDER = "\n---"


def skimmed(data: bytes) -> list[str]:
    """Return type, kind, name and system of each document that says what it is, with slashes between."""
    text = data.decode("utf-8", errors="replace")
    return [found for document in text.split(_DIVIDER) if (found := _named(document))]


def _named(document: str) -> str | None:
    api, kind, metadata = (each.search(document) for each in (_API, _KIND, _METADATA))
    if not (api and kind and metadata):
        return None
    of: dict[str, str] = {}
    for key, value in _OF_METADATA.findall(metadata[1]):
        of.setdefault(key, value)
    name, system = of.get("name", ""), of.get("system", "")
    if not _PLAIN.fullmatch(name) or (system and not _PLAIN.fullmatch(system)):
        return None
    return f"{api[1]}/{kind[1]}/{name}/{system}"


def skimmed_project(data: bytes) -> dict[str, Any]:
    """Return the environments, systems and manifest folders of a project file; nothing where it has none."""
    from reconcile.yaml_source import read_documents

    documents, _ = read_documents(data, "")
    value = documents[0].value if documents and isinstance(documents[0].value, dict) else {}
    systems, environments, listed = (value.get(key) for key in ("systems", "environments", "manifests"))
    typed = systems if isinstance(systems, dict) else {}
    manifests = listed if isinstance(listed, list) else ["manifests"]
    return {
        "environments": [*_named_well(environments)],
        "systems": {name: _type(name, typed[name]) for name in _named_well(systems)},
        "manifests": [name for name in manifests if isinstance(name, str)],
    }


def _named_well(names: Any) -> Iterator[str]:
    for name in names if isinstance(names, dict) else ():
        if isinstance(name, str) and _PLAIN.fullmatch(name):
            yield name


def _type(name: str, entry: Any) -> str:
    found = entry.get("type") if isinstance(entry, dict) else None
    return found if isinstance(found, str) else name
