"""Writes exported objects as YAML, with the names of things as comments beside their ids."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from reconcile.build_logs import COMMAND, is_command
from reconcile.fields.walk import replaced
from reconcile.live_manifests import Called, Manifest, unnamed
from reconcile.model import Address, Env, Json, Named, Ref
from reconcile.reports.common.escape import LONGEST, inert

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_/.()-]*(?: [A-Za-z0-9_/.()-]+)*")
_LONGEST_KEY = 1_000
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def render(manifests: Iterable[Manifest], *, named_system: bool = False) -> str:
    """Return the manifests as one YAML stream; `named_system` where the project has two systems of a type.

    A manifest that would declare another object without the fields left out of it is written as a comment,
    and so is an object that is only shown.
    """
    every = tuple(manifests)
    whole = (_lines(manifest, named_system) for manifest in every if manifest.is_declared)
    comments = (line for manifest in every if not manifest.is_declared for line in _comment(manifest))
    return "---\n".join("\n".join(lines) + "\n" for lines in whole) + "".join(f"{it}\n" for it in comments)


def _comment(manifest: Manifest) -> Iterator[str]:
    if not manifest.aside:
        yield from _unfit(manifest)
        return
    kind = f"{manifest.system}/{manifest.kind.name}"
    yield f"# {inert(kind)}: {inert(manifest.pin)} ({inert(manifest.name)}) {manifest.aside}"


def _unfit(manifest: Manifest) -> Iterator[str]:
    address, live = Address(manifest.system, manifest.kind.name, manifest.name), manifest.live
    yield f"# {inert(address)} (id {_short(live.id)}, {_short(live.name)}) cannot be written as a manifest:"
    yield from (f"#   {inert(field)}: {inert(reason)}" for field, reason in manifest.left_out.items())


def _short(told: Json) -> str:
    """Return a text as a comment holds it: on one line, and not longer than people read."""
    return inert(str(told)[:LONGEST])


def plain(manifest: Manifest, *, named_system: bool = False) -> dict[str, Json]:
    """Return the manifest as plain values, without the names of things; a secret is `{"env": NAME}`."""
    head = {"apiVersion": manifest.kind.api_version, "kind": manifest.kind.name}
    return {
        **head,
        "metadata": unnamed(_metadata(manifest, named_system)),
        "spec": replaced(unnamed(manifest.spec), _plain),
    }


def _plain(value: Json) -> Json:
    match value:
        case Env(name):
            return {"env": name}
        case Named(text):
            return {"named": text}
        case Ref(address):
            return {"ref": str(address)}
    return value


def _metadata(manifest: Manifest, named_system: bool) -> dict[str, Json]:
    metadata: dict[str, Json] = {"name": manifest.name}
    metadata |= {"system": manifest.system} if named_system else {}
    return metadata | ({"id": manifest.pin} if manifest.pin is not None else {})


def _lines(manifest: Manifest, named_system: bool) -> Iterator[str]:
    yield f"apiVersion: {manifest.kind.api_version}"
    yield f"kind: {manifest.kind.name}"
    yield "metadata:"
    yield from _mapping(_metadata(manifest, named_system), "  ")
    yield "spec:"
    yield from _mapping(manifest.spec, "  ")
    for field, reason in manifest.left_out.items():
        yield f"  # {inert(field)}: {inert(reason)}"


def _mapping(fields: Mapping[str, Json], indent: str) -> Iterator[str]:
    for name, value in fields.items():
        yield from _field(name, value, indent)


def _field(name: str, value: Json, indent: str) -> Iterator[str]:
    match value:
        case Called(inner, called):
            first, *rest = _field(name, inner, indent)
            yield f"{first}  # {_short(called)}"
            yield from rest
        case dict() if value and all(map(_is_short, value)):
            yield f"{indent}{scalar(name)}:"
            yield from _mapping(value, indent + "  ")
        case list() if value:
            yield f"{indent}{scalar(name)}:"
            for entry in value:
                yield from _entry(entry, indent + "  ")
        case _:
            yield f"{indent}{scalar(name)}: {_in_line(value)}"


def _entry(entry: Json, indent: str) -> Iterator[str]:
    if not isinstance(entry, dict) or not entry or not all(map(_is_short, entry)):
        yield f"{indent}- {_in_line(entry)}"
        return
    lines = list(_mapping(entry, indent + "  "))
    yield f"{indent}- {lines[0].lstrip()}"
    yield from lines[1:]


def _in_line(value: Json) -> str:
    """Return a live value on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{_key(name)}: {_in_line(inner)}" for name, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_in_line, value)) + "]"
    return scalar(value)


def scalar(value: Json) -> str:
    """Return a value as YAML 1.2 and 1.1 read it alike."""
    if isinstance(value, Env):
        return f"{{env: {value.name}}}"
    if isinstance(value, Named):
        return f"{{named: {scalar(value.text)}}}"
    if isinstance(value, Ref):
        return f"{{ref: {scalar(str(value.address))}}}"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    if isinstance(value, str):
        return _quoted("".join(map(_legible, value)))
    return json.dumps(value, ensure_ascii=True)


def _quoted(text: str) -> str:
    """Return `text` in double quotes; what a build server would take for a command is spelled another way."""
    return '"' + (COMMAND.sub(_no_command, text) if is_command(text) else text) + '"'


def _no_command(found: re.Match[str]) -> str:
    return "\\u0023" if found[0] == "#" else found[0]


def _spelled(char: str) -> str:
    """Return a character as it stands inside double quotes: YAML, unlike JSON, has no pairs of surrogates."""
    return f"\\U{ord(char):08x}" if ord(char) > 0xFFFF else json.dumps(char)[1:-1]


def flow(value: Json) -> str:
    """Return a value of a document on one line, as a manifest would write it.

    A value that the document does not show is written as a reference or an environment variable.
    """
    match value:
        case {"sensitive": True}:
            return "{env: NAME}"
        case {"unknown": address}:
            return f"{{ref: {scalar(address)}}}"
        case dict():
            given = ((name, inner) for name, inner in value.items() if inner is not None)
            return "{" + ", ".join(f"{_key(name)}: {flow(inner)}" for name, inner in given) + "}"
        case list():
            return "[" + ", ".join(map(flow, value)) + "]"
        case str():
            return _quoted("".join(map(_legible, value)))
    return scalar(value)


def _key(name: str) -> str:
    """Return a key on one line; a long one is marked as a key, as YAML looks only so far for its colon."""
    return scalar(name) if _is_short(name) else f"? {scalar(name)} "


def _is_short(name: str) -> bool:
    return len(scalar(name)) < _LONGEST_KEY


def _legible(char: str) -> str:
    return char if char.isprintable() and char not in '"\\' else _spelled(char)
