"""Adds up the credential of a system from its layers, or says what is wrong there, where a secret is never a
literal; reading it is left to `credentials`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconcile.fields.check import ValuePlace, value_at
from reconcile.model import Json, Origin, Problem
from reconcile.project.layers import Layers
from reconcile.provider.kinds import System
from reconcile.yaml_source import YamlDocument, source_text

AUTH_PARTS: Mapping[str, tuple[str, ...]] = {
    "basic": ("username", "password"),
    "oauth2": ("clientId", "clientSecret"),
}
_LITERALS_ALLOWED = frozenset({"username", "clientId"})


def auth_of(name: str, layers: Layers) -> dict[str, Json]:
    """Return how the system authenticates, by its layers.

    Parts of one scheme are laid over each other key by key, another scheme replaces what is below it.
    """
    auth: dict[str, Json] = {}
    for place in layers.places:
        entry = value_at(layers.document.value, (*place, "systems", name)) or {}
        if "auth" in entry:
            written = entry["auth"] or {}
            auth = {scheme: _laid_over(scheme, auth.get(scheme), given) for scheme, given in written.items()}
    return auth


def secrets(auth: Mapping[str, Json]) -> tuple[str, Mapping[str, Json]]:
    """Return the scheme of a credential without problems, and its parts by name; a user name is a text."""
    ((scheme, given),) = auth.items()
    parts = given if scheme in AUTH_PARTS else {scheme: given}
    return scheme, {part: _spelled(value) for part, value in parts.items()}


def origins(name: str, auth: Mapping[str, Json], layers: Layers) -> Mapping[str, Origin]:
    """Return where the value of each part of a credential stands."""
    scheme, parts = secrets(auth)
    at = ("systems", name, "auth", scheme)
    return {
        part: layers.locate(*at, *((part,) if scheme in AUTH_PARTS else ()), value=True) for part in parts
    }


def auth_problems(name: str, system: System, layers: Layers) -> Iterator[Problem]:
    """Yield what is wrong with the credential that the system has in this environment."""
    auth, at = auth_of(name, layers), ("systems", name, "auth")
    known = [scheme.name for scheme in system.auth]
    if len(auth) != 1:
        words = f"system `{name}` authenticates in one way: {' or '.join(known)}"
        yield Problem("auth", words, layers.locate(*at))
        return
    ((scheme, given),) = auth.items()
    if scheme not in known:
        words = f"{system.title} has no auth `{scheme}`; known: {', '.join(known)}"
        yield Problem("auth", words, layers.locate(*at, scheme))
    elif _lacks(scheme, given):
        yield Problem("auth", _takes(scheme), layers.locate(*at, scheme))
    else:
        for part, words in _wrong(scheme, given):
            value = _is_value(scheme, part)
            yield Problem("auth", words, layers.locate(*at, scheme, *part, value=value))


def written_problems(document: YamlDocument) -> Iterator[Problem]:
    """Yield what is wrong with any credential that the file writes, in an environment not chosen too."""
    for place, auth in _written(document):
        for scheme, given in auth.items():
            for part, words in _wrong(scheme, given):
                value = _is_value(scheme, part)
                yield Problem("auth", words, document.locate((*place, scheme, *part), value=value))


def _written(document: YamlDocument) -> Iterator[tuple[ValuePlace, Mapping[str, Json]]]:
    top: ValuePlace = ()
    layers = [top, *(("environments", name) for name in document.value.get("environments") or {})]
    for layer in layers:
        for name, entry in (value_at(document.value, (*layer, "systems")) or {}).items():
            yield (*layer, "systems", name, "auth"), (entry or {}).get("auth") or {}


def _laid_over(scheme: str, below: Json, given: Json) -> Json:
    if scheme in AUTH_PARTS and isinstance(below, dict) and isinstance(given, dict):
        return {**below, **given}
    return given


def _spelled(value: Json) -> Json:
    """Return an unquoted user name such as 4711 as its source text."""
    return source_text(value) if isinstance(value, int | float) else value


def _lacks(scheme: str, given: Json) -> bool:
    return scheme in AUTH_PARTS and (not isinstance(given, dict) or not {*AUTH_PARTS[scheme]} <= {*given})


def _takes(scheme: str) -> str:
    return f"auth.{scheme} takes {' and '.join(AUTH_PARTS[scheme])}, both of them and nothing else"


def _wrong(scheme: str, given: Json) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the parts that cannot stand as they are written; a literal is refused and never repeated."""
    parts = AUTH_PARTS.get(scheme)
    if parts is None:
        if not is_late(given):
            yield (), _no_literal(scheme)
    elif not isinstance(given, dict) or not {*given} <= {*parts}:
        yield (), _takes(scheme)
    else:
        yield from (((part,), _no_literal(f"{scheme}.{part}")) for part in given if _is_literal(part, given))


def _is_value(scheme: str, part: Sequence[str]) -> bool:
    """Tell whether what is wrong is a value, not which parts there are."""
    return bool(part) or scheme not in AUTH_PARTS


def _is_literal(part: str, given: Mapping[str, Json]) -> bool:
    allowed = part in _LITERALS_ALLOWED and isinstance(given[part], str | int | float)
    return not allowed and not is_late(given[part])


def _no_literal(part: str) -> str:
    return f"auth.{part} is {{env: NAME}} or {{file: PATH}}, never the secret itself"


def is_late(value: Json) -> bool:
    """Tell whether a value is {env: NAME} or {file: PATH}."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((key, name),) = value.items()
    return key in {"env", "file"} and isinstance(name, str) and bool(name)
