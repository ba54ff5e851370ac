"""Reads one system of the project file: its type, url, credential's name and options, or what is wrong there;
reading secrets is left to `credentials`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from reconcile.endpoint import is_loopback, origin_of, stays
from reconcile.errors import UnknownType, UnusablePackage
from reconcile.fields.check import ValuePlace, checked
from reconcile.model import Json, Origin, Problem
from reconcile.project.auth import auth_of, auth_problems, origins, secrets
from reconcile.project.headers import header_origins, header_problems, headers_of
from reconcile.project.layers import Layers
from reconcile.project.values import NAME, SystemConfig
from reconcile.provider.cases import PackageFault
from reconcile.provider.kinds import Catalogue, System
from reconcile.suggest import suggestion

_LIKE = "it like https://host.example/path"


def system_config(name: str, layers: Layers, catalogue: Catalogue) -> SystemConfig | tuple[Problem, ...]:
    """Return the system of that name as its layers declare it, or all its problems."""
    entry = layers.merged("systems", name)
    options = layers.merged("systems", name, "options")
    type_ = entry.get("type") or name
    system = _found(name, type_, catalogue, layers) if NAME.fullmatch(name) else _misnamed(name, layers)
    if isinstance(system, Problem):
        return (system,)
    problems = [
        *(
            Problem("url", words, layers.locate("systems", name, "url", value=True))
            for words in _url(name, entry)
        ),
        *auth_problems(name, system, layers),
        *header_problems(name, layers),
        *_credentials_headers(name, system, layers),
        *_options(name, options, system, layers),
    ]
    if problems:
        return tuple(problems)
    auth = auth_of(name, layers)
    scheme, parts = secrets(auth)
    return SystemConfig(
        name=name,
        system=system,
        url=entry["url"].rstrip("/"),
        scheme=scheme,
        secrets=parts,
        options=options,
        insecure=bool(entry.get("insecure")),
        origin=layers.locate("systems", name, "url"),
        auth_origin=layers.locate("systems", name, "auth"),
        secret_origins=origins(name, auth, layers),
        headers=headers_of(name, layers),
        header_origins=header_origins(name, layers),
    )


def _misnamed(name: str, layers: Layers) -> Problem:
    words = f"`{name[:60]}` is no name for a system: letters, digits, `.`, `_` and `-`"
    return Problem("system-name", words, layers.locate("systems", name))


def _found(name: str, type_: str, catalogue: Catalogue, layers: Layers) -> System | Problem:
    """Return the type of a system, or why there is none."""
    is_written = bool(layers.merged("systems", name).get("type"))
    place = (
        layers.locate("systems", name, "type", value=True) if is_written else layers.locate("systems", name)
    )
    try:
        return catalogue[type_]
    except UnusablePackage as error:
        return Problem("unusable-package", str(error), place)
    except KeyError as error:
        todo = "" if is_written else ": write the system's `type`"
        known = error.known if isinstance(error, UnknownType) else ()
        words = f"no system type `{type_[:60]}`{todo}{suggestion(type_, {*catalogue, *known})}"
        return Problem("unknown-system-type", words, place)


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


def _credentials_headers(name: str, system: System, layers: Layers) -> Iterator[Problem]:
    """Yield a problem for each header that is a way to authenticate: only `auth` can hold a credential."""
    ours = {scheme.parameter.lower() for scheme in system.auth if scheme.name == "header"}
    places = header_origins(name, layers)
    for written in headers_of(name, layers):
        if written.lower() in ours:
            words = f"the header `{written}` is the credential of `{name}`"
            yield Problem("header", f"{words}: write auth: {{header: {{env: NAME}}}}", places[written])


def _options(name: str, options: Mapping[str, Json], system: System, layers: Layers) -> tuple[Problem, ...]:
    if layers.in_order:
        return ()
    place = layers.place("systems", name, "options")

    def locate(at: ValuePlace, value: bool) -> Origin:
        return layers.document.locate((*place, *at), value=value)

    (flaws,) = checked(system.options, [options], lambda index: locate)
    found = tuple(flaw.problem for flaw in flaws)
    return found or (
        *(Problem("scopes", words, locate(at, True)) for at, words in _scopes(options, system)),
        *_broken_rules(options, system, locate),
    )


def _scopes(options: Mapping[str, Json], system: System) -> Iterator[tuple[ValuePlace, str]]:
    """Yield why a list of scopes can't be asked for, and where; an empty one would get every right."""
    for scheme in system.auth:
        name = scheme.scopes_option
        listed = options.get(name) if name else None
        if listed is None:
            continue
        odd = [at for at, scope in enumerate(listed) if scope.split() != [scope]]
        yield from (((name, at), f"`{name}` has an entry that is no scope: one word an entry") for at in odd)
        if not odd and scheme.only_to_write.issuperset(listed):
            words = "names no scope to read with" if listed else "is empty, which asks for every right"
            yield (name,), f"`{name}` {words}: name what reading needs, or leave `{name}` out"


def _broken_rules(
    options: Mapping[str, Json], system: System, locate: Callable[[ValuePlace, bool], Origin]
) -> Iterator[Problem]:
    for rule in system.option_rules:
        try:
            said = [*rule(options)]
        except PackageFault as fault:
            yield Problem("package-fault", str(fault), locate((), False))
            continue
        for finding in said:
            place = locate((str(finding.path[0]),), True)
            yield Problem(finding.code, f"options.{finding.message}", place, finding.severity)
