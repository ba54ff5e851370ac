"""Binds a system to its credential: only where the operator allows the origin, and only when it is used."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from reconcile.endpoint import (
    Basic,
    Bearer,
    ClientCredentials,
    Credential,
    Endpoint,
    QueryToken,
    is_loopback,
    origin_of,
)
from reconcile.model import Json, Problem, Secret
from reconcile.project import SystemConfig
from reconcile.provider.kinds import AuthScheme

SECRET_AT_MOST = 64 * 1024


def endpoint(config: SystemConfig, environment: Mapping[str, str]) -> Endpoint | tuple[Problem, ...]:
    """The system with its credential, or why it cannot be contacted.

    The origin is checked before any credential is read: a reviewed file must not decide where a secret goes.
    """
    refused = _origin_refused(config, environment)
    if refused:
        return (Problem("origin", refused, config.origin),)
    parts: dict[str, str] = {}
    problems: list[Problem] = []
    for name, given in config.secrets.items():
        try:
            parts[name] = _text(given, environment)
        except LookupError as error:
            message = f"system `{config.name}`: {error.args[0]}"
            problems.append(Problem("missing-credential", message, config.secret_origins[name]))
    if problems:
        return tuple(problems)
    scheme = next(scheme for scheme in config.system.auth if scheme.name == config.scheme)
    return Endpoint(config.name, config.url, _credential(scheme, parts))


def _origin_refused(config: SystemConfig, environment: Mapping[str, str]) -> str | None:
    origin = origin_of(config.url)
    allowed = environment.get("RECONCILE_ORIGINS")
    if allowed is not None:
        if origin in set(_origins(allowed)):
            return None
        return f"{origin} is not in RECONCILE_ORIGINS: the operator adds it there, outside the repository"
    if environment.get("CI") and not is_loopback(config.url):
        return f"under CI, RECONCILE_ORIGINS must name {origin}: the operator sets it, outside the repository"
    return None


def _origins(allowed: str) -> Iterator[str]:
    for text in filter(None, (part.strip() for part in allowed.split(","))):
        try:
            yield origin_of(text)
        except ValueError:
            continue


def _text(given: Json, environment: Mapping[str, str]) -> str:
    """A credential's text; LookupError says what is missing."""
    if isinstance(given, str):
        return given
    if "env" in given:
        text = environment.get(given["env"], "")
        if not text:
            raise LookupError(f"{given['env']} is not set: set it to the credential")
        return text
    return _file_text(Path(given["file"]))


def _open_regular(path: str, flags: int) -> int:
    """Opens a file as `open` does, but waits for no pipe; OSError for what is no regular file."""
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
            return Basic(Secret(""), secrets["apiKey"])
        case "bearer":
            return Bearer(secrets["bearer"])
        case "token":
            return QueryToken(scheme.parameter, secrets["token"])
        case "oauth2":
            client = secrets["clientId"], secrets["clientSecret"]
            return ClientCredentials(scheme.parameter, *client, scheme.scope)
