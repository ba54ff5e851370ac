"""Secrets that must be seen nowhere, the forms in which they could be, and where to look."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import md5, sha1, sha256
from pathlib import Path
from urllib.parse import quote, quote_plus

MARK = "canary"
SECRET = 'Zq7/k+9" canary <&x'
"""A secret whose raw, quoted and JSON spellings all differ."""

TOKEN = "Tk5/w+8=canary~Q"
"""The same for what may stand in a header."""


def forms(secret: str) -> dict[str, str]:
    """The spellings by which a secret would be given away."""
    data = secret.encode()
    return {
        "raw": secret,
        "quoted": quote(secret),
        "quoted whole": quote(secret, safe=""),
        "form-quoted": quote_plus(secret),
        "JSON": json.dumps(secret)[1:-1],
        "base64": b64encode(data).decode().rstrip("="),
        "base64 after a user name": b64encode(b"demo:" + data).decode().rstrip("="),
        "base64 after a colon": b64encode(b":" + data).decode().rstrip("="),
        **{f"{name} digest": found for name, found in _digests(data)},
    }


def _digests(data: bytes) -> Iterator[tuple[str, str]]:
    yield "sha256", sha256(data).hexdigest()
    yield "sha1", sha1(data, usedforsecurity=False).hexdigest()
    yield "md5", md5(data, usedforsecurity=False).hexdigest()


def echoes(secret: str) -> dict[str, str]:
    """What a server may say back of a request that held the secret."""
    spelled = {name: form for name, form in forms(secret).items() if "digest" not in name}
    return {
        **{name: f"you sent {form} to us" for name, form in spelled.items()},
        "a url": f"GET https://here.test/x?token={quote(secret, safe='')}&a=b failed",
        "a header": f"Authorization: Basic {b64encode(b'demo:' + secret.encode()).decode()}",
        "JSON in JSON": json.dumps({"message": json.dumps({"password": secret})}),
    }


def shown(text: str, secret: str) -> list[str]:
    """The forms of the secret that stand in a text."""
    joined = text.replace("\n", "")
    return [name for name, form in forms(secret).items() if form in text or form in joined]


def kept(folder: Path, *, but: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Every file below a folder, with its text; those that the test wrote itself left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in but:
            yield str(path), path.read_bytes().decode("utf-8", "replace")
