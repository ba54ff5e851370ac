"""Binds a system to its credential, only where the operator allows the origin, and only when it is used;
sending it is left to `transport`.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from reconcile.endpoint import (
    Basic,
    Bearer,
    ClientCredentials,
    Credential,
    Endpoint,
    HeaderToken,
    QueryToken,
    origin_of,
)
from reconcile.model import Json, Origin, Problem, Secret
from reconcile.project import SystemConfig
from reconcile.project.allowed import ORIGINS, SECRETS, Allowed, allowed, can_be_listed, entry_for
from reconcile.project.headers import shown_value
from reconcile.provider.kinds import AuthScheme

SECRET_AT_MOST = 64 * 1024


def endpoint(config: SystemConfig, environment: Mapping[str, str]) -> Endpoint | tuple[Problem, ...]:
    """Return the system with its credential and headers, or why it cannot be contacted.

    What the operator does not allow is refused before any secret is read: a reviewed file must not decide
    where a secret goes.
    """
    refused = tuple(_refused(config, allowed(environment)))
    if refused:
        return refused
    parts, problems = _read(config, config.secrets, config.secret_origins, environment)
    headers, more = _read(config, config.headers, config.header_origins, environment)
    unfit = (*problems, *more, *(() if more else _unfit(config, headers)))
    if unfit:
        return unfit
    scheme = next(scheme for scheme in config.system.auth if scheme.name == config.scheme)
    shown = tuple(
        (name, text if isinstance(config.headers[name], str) else Secret(text))
        for name, text in headers.items()
    )
    credential = _credential(scheme, parts)
    scopes = config.options.get(scheme.scopes_option)
    if isinstance(credential, ClientCredentials) and scopes is not None:
        credential = credential._replace(
            scope=" ".join(scopes), is_fixed=True, only_to_write=scheme.only_to_write
        )
    return Endpoint(config.name, config.url, credential, shown, _told(config))


def _told(config: SystemConfig) -> str:
    """Return what the credential is read from, and where that stands: `A, B at reconcile.yaml:4`."""
    by_place: dict[str, list[str]] = {}
    for part, value in config.secrets.items():
        if not isinstance(value, str):
            origin = config.secret_origins[part]
            by_place.setdefault(f"{origin.file}:{origin.line}", []).append(_source(value, config.root))
    return "; ".join(f"{', '.join(dict.fromkeys(names))} at {place}" for place, names in by_place.items())


def sources(config: SystemConfig) -> Iterator[tuple[str, Origin]]:
    """Yield each variable and file that the system's credential and headers name, with its place."""
    for given, places in ((config.secrets, config.secret_origins), (config.headers, config.header_origins)):
        for part, value in given.items():
            if not isinstance(value, str):
                yield _source(value, config.root), places[part]


def _refused(config: SystemConfig, allows: Allowed) -> Iterator[Problem]:
    """Yield a problem for what the operator does not allow of the system."""
    if not allows.may_contact(config.url):
        words = (
            f"{origin_of(config.url)} is not in {ORIGINS}: the operator adds it there, outside the repository"
        )
        yield Problem("origin", _with_flaws(words, allows.origin_flaws), config.origin)
    if allows.must_bind(config.url):
        for source, place in dict(sources(config)).items():
            if not allows.may_go(source, config.url):
                words = f"system `{config.name}`: {_unbound(source, config.url, allows)}"
                yield Problem("secret", _with_flaws(words, allows.secret_flaws), place)


def _unbound(source: str, url: str, allows: Allowed) -> str:
    if not can_be_listed(source, url):
        return f"no entry of {SECRETS} can name `{source}` for this url: give it, and the host, a plain name"
    where = (
        f"it is not bound to {origin_of(url)}" if allows.entries is not None else "under CI it must be bound"
    )
    entry = entry_for(source, url)
    return f"`{source}`: {where}: the operator adds {entry} to {SECRETS}, outside the repository"


def _with_flaws(words: str, flaws: Sequence[str]) -> str:
    return "; ".join((words, *flaws))


def _source(given: Json, root: Path) -> str:
    """Return the variable's name, or the path at which the file stands for the operator.

    No byte of the file is read.
    """
    if "env" in given:
        return str(given["env"])
    path = str(given["file"])
    try:
        return os.path.realpath(path) if _is_led(path, root) else os.path.normpath(path)
    except (OSError, ValueError):
        return path


def _is_led(path: str, root: Path) -> bool:
    """Tell whether a path climbs, or goes through a link in the project's folder, which authors decide."""
    steps = Path(path).parts
    inside = os.path.realpath(root)
    ways = [os.path.join(*steps[:end]) for end in range(2, len(steps) + 1)]
    return ".." in steps or any(
        os.path.islink(way) and Path(os.path.realpath(os.path.dirname(way))).is_relative_to(inside)
        for way in ways
    )


def _read(
    config: SystemConfig,
    given: Mapping[str, Json],
    places: Mapping[str, Origin],
    environment: Mapping[str, str],
) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Return the texts of a credential's or of headers' parts, and what is missing."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for part, value in given.items():
        try:
            texts[part] = _text(value, environment)
        except LookupError as error:
            message = f"system `{config.name}`: {error.args[0]}"
            problems.append(Problem("missing-credential", message, places[part]))
    return texts, tuple(problems)


def _unfit(config: SystemConfig, headers: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each header whose secret no header can carry."""
    for name, text in headers.items():
        if not shown_value(text):
            words = f"system `{config.name}`: no header can carry the secret of `{name}`"
            why = "it has a line break, a blank at an end, or a letter beyond ASCII"
            yield Problem("header", f"{words}: {why}", config.header_origins[name])


def _text(given: Json, environment: Mapping[str, str]) -> str:
    """Return a credential's text; LookupError says what is missing."""
    if isinstance(given, str):
        return given
    if "env" in given:
        text = environment.get(given["env"], "")
        if not text:
            raise LookupError(f"{given['env']} is not set: set it to the credential")
        return text
    return _file_text(Path(given["file"]))


def _open_regular(path: str, flags: int) -> int:
    """Open a file as `open` does, but wait for no pipe; OSError for what is no regular file."""
    found = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if stat.S_ISREG(os.fstat(found).st_mode):
        return found
    os.close(found)
    raise OSError(errno.EINVAL, "no regular file")


def _file_text(path: Path) -> str:
    try:
        with open(path, encoding="utf-8", opener=_open_regular) as stream:
            text = stream.read(SECRET_AT_MOST).strip()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no text"
        raise LookupError(f"{path} cannot be read ({why}): mount the credential there") from error
    if not text:
        raise LookupError(f"{path} is empty: it holds no credential")
    return text


def _credential(scheme: AuthScheme, parts: Mapping[str, str]) -> Credential:
    secrets = {name: Secret(text) for name, text in parts.items()}
    match scheme.name:
        case "basic":
            return Basic(secrets["username"], secrets["password"])
        case "apiKey":
            if scheme.parameter:
                return Basic(secrets["apiKey"], Secret(scheme.parameter), is_key=True)
            return Basic(Secret(""), secrets["apiKey"])
        case "bearer":
            return Bearer(secrets["bearer"])
        case "token":
            return QueryToken(scheme.parameter, secrets["token"])
        case "header":
            return HeaderToken(scheme.parameter, secrets["header"], scheme.prefix)
        case "oauth2":
            client = secrets["clientId"], secrets["clientSecret"]
            return ClientCredentials(scheme.parameter, *client, scheme.scope)
