"""One system of the project file: its type, url, credential's name and options, or what is wrong there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from reconcile.documents import source_text
from reconcile.endpoint import is_loopback, origin_of, stays
from reconcile.fields.check import checked
from reconcile.kinds import Catalogue, System
from reconcile.model import Json, Problem
from reconcile.nearest import suggestion
from reconcile.project.layers import Layers
from reconcile.project.values import NAME, SystemConfig

_PARTS: Mapping[str, tuple[str, ...]] = {
    "basic": ("username", "password"),
    "oauth2": ("clientId", "clientSecret"),
}
_LIKE = "it like https://host.example/path"
_LITERALS_ALLOWED = frozenset({"username", "clientId"})


def system_config(name: str, layers: Layers, catalogue: Catalogue) -> SystemConfig | tuple[Problem, ...]:
    """The system of that name as its layers declare it, or all its problems."""
    entry = layers.merged("systems", name)
    options = layers.merged("systems", name, "options")
    type_ = entry.get("type") or name
    system = catalogue.get(type_)
    if system is None or not NAME.fullmatch(name):
        return (_unknown(name, entry, catalogue, layers),)
    problems = [
        *(
            Problem("url", words, layers.locate("systems", name, "url", value=True))
            for words in _url(name, entry)
        ),
        *_auth(name, entry, system, layers),
        *_options(name, options, system, layers),
    ]
    if problems:
        return tuple(problems)
    ((scheme, given),) = entry["auth"].items()
    return SystemConfig(
        name=name,
        system=system,
        url=entry["url"].rstrip("/"),
        scheme=scheme,
        secrets={part: _spelled(value) for part, value in _secrets(scheme, given).items()},
        options=options,
        insecure=bool(entry.get("insecure")),
        origin=layers.locate("systems", name, "url"),
        auth_origin=layers.locate("systems", name, "auth"),
    )


def _secrets(scheme: str, given: Json) -> Mapping[str, Json]:
    return given if scheme in _PARTS else {scheme: given}


def _spelled(value: Json) -> Json:
    """An unquoted user name such as 4711 stands for its source text."""
    return source_text(value) if isinstance(value, int | float) else value


def _unknown(name: str, entry: Mapping[str, Json], catalogue: Catalogue, layers: Layers) -> Problem:
    if not NAME.fullmatch(name):
        words = f"`{name[:60]}` is no name for a system: letters, digits, `.`, `_` and `-`"
        return Problem("system-name", words, layers.locate("systems", name))
    type_ = entry.get("type")
    near = suggestion(type_ or name, catalogue)
    if type_ is None:
        words = f"no system type `{name[:60]}`: write the system's `type`{near}"
        return Problem("unknown-system-type", words, layers.locate("systems", name))
    words = f"no system type `{type_[:60]}`{near}"
    return Problem("unknown-system-type", words, layers.locate("systems", name, "type", value=True))


def _url(name: str, entry: Mapping[str, Json]) -> Iterator[str]:
    url = entry.get("url") or ""
    try:
        origin_of(url)
    except ValueError:
        yield f"the url of system `{name}` is no http or https url: write {_LIKE}"
        return
    odd = any(mark in url for mark in "?#@\\ ") or not url.isprintable()
    if odd or not all(map(stays, _segments(url))):
        yield f"the url of system `{name}` holds more than scheme, host, port and a plain path: write {_LIKE}"
    elif url.lower().startswith("http:") and not is_loopback(url) and not entry.get("insecure"):
        yield f"the url of system `{name}` is plain http: use https, or write insecure: true"


def _segments(url: str) -> Sequence[str]:
    return urlsplit(url.rstrip("/")).path.split("/")[1:]


def _auth(name: str, entry: Mapping[str, Json], system: System, layers: Layers) -> Iterator[Problem]:
    auth = entry.get("auth") or {}
    known = [scheme.name for scheme in system.auth]
    if len(auth) != 1:
        words = f"system `{name}` authenticates in one way: {' or '.join(known)}"
        yield Problem("auth", words, layers.locate("systems", name, "auth"))
        return
    ((scheme, given),) = auth.items()
    origin = layers.locate("systems", name, "auth", scheme)
    if scheme not in known:
        yield Problem("auth", f"{system.title} has no auth `{scheme}`; known: {', '.join(known)}", origin)
    else:
        yield from (Problem("auth", words, origin) for words in _parts(scheme, given))


def _parts(scheme: str, given: Json) -> Iterator[str]:
    """What is wrong with the parts of a credential; a literal is refused and never repeated."""
    parts = _PARTS.get(scheme)
    if parts is None:
        if not _is_late(given):
            yield _no_literal(scheme)
        return
    if not isinstance(given, dict) or set(given) != set(parts):
        yield f"auth.{scheme} takes {' and '.join(parts)}, both of them and nothing else"
        return
    for part in parts:
        literal = part in _LITERALS_ALLOWED and isinstance(given[part], str | int | float)
        if not literal and not _is_late(given[part]):
            yield _no_literal(f"{scheme}.{part}")


def _no_literal(part: str) -> str:
    return f"auth.{part} is {{env: NAME}} or {{file: PATH}}, never the secret itself"


def _is_late(value: Json) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((key, name),) = value.items()
    return key in {"env", "file"} and isinstance(name, str) and bool(name)


def _options(name: str, options: Mapping[str, Json], system: System, layers: Layers) -> tuple[Problem, ...]:
    place = layers.place("systems", name, "options")
    (flaws,) = checked(
        system.options, [options], [lambda at, value: layers.document.locate((*place, *at), value=value)]
    )
    return tuple(flaw.problem for flaw in flaws)
