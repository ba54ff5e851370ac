"""Plans as barely as Python and the project's own libraries allow: what a plan cannot help costing.

`python -m bench.reference csafe|good|cached MANIFESTS URL CACHE`. `csafe` only runs CSafeLoader over the
files. `good` plans: libyaml's parser with a constructor of its own, one validation of the whole list, `==` on
what is managed, DeepDiff only on what differs, no garbage collection. `cached` is `good` with the parsed
documents kept in the file CACHE by the hash of their text. Neither has lines for messages, references, rules,
a second system, or a server that misbehaves.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = Any


def main() -> None:
    """Run one design."""
    design, manifests, url, cache = sys.argv[1], Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    if design == "csafe":
        csafe(manifests)
        return
    gc.disable()
    import click  # noqa: F401 - a command line imports what it is made of

    documents = _from(cache, manifests) if design == "cached" else list(_valid(list(_parsed(manifests))))
    sys.stdout.write(_planned(documents, _listed(url)))
    sys.stdout.flush()
    os._exit(0)  # the operating system takes millions of objects back faster than Python


def csafe(manifests: Path) -> int:
    """Parse, and nothing more; return how many documents there are."""
    import yaml

    return sum(len(list(yaml.load_all(text, yaml.CSafeLoader))) for text in _texts(manifests))


def _texts(manifests: Path) -> Iterator[bytes]:
    for entry in sorted(os.scandir(manifests), key=lambda entry: entry.name):
        with open(entry.path, "rb") as file:
            yield file.read()


def _parsed(manifests: Path) -> Iterator[Json]:
    from bench.loading import documents

    for text in _texts(manifests):
        yield from documents(text)


def _valid(documents: list[Json]) -> list[Json]:
    from bench.shape import DOCUMENTS

    DOCUMENTS.validate_python(documents)
    return documents


def _from(cache: Path, manifests: Path) -> list[Json]:
    """Return the documents, parsed and validated only where CACHE does not know their text."""
    import marshal
    from hashlib import blake2b

    known = marshal.loads(cache.read_bytes()) if cache.exists() else {}  # noqa: S302 - written by ourselves
    now: dict[bytes, list[Json]] = {}
    for text in _texts(manifests):
        key = blake2b(text, digest_size=16).digest()
        now[key] = known[key] if key in known else _fresh(text)
    if now.keys() != known.keys():
        cache.write_bytes(marshal.dumps(now))
    return [document for each in now.values() for document in each]


def _fresh(text: bytes) -> list[Json]:
    from bench.loading import documents

    return _valid(list(documents(text)))


def _listed(url: str) -> dict[str, Json]:
    import json

    import httpx

    with httpx.Client(verify=False, trust_env=False, timeout=60) as client:  # noqa: S501 - http on loopback
        answer = client.get(f"{url}/flexdeploy/rest/v1/releases").raise_for_status()
    return {row["releaseName"]: row for row in json.loads(answer.content)}


def _planned(documents: list[Json], live: dict[str, Json]) -> str:
    wants = [document["spec"] for document in documents]
    pairs = ((want, live[want["releaseName"]]) for want in wants)
    lines = [_compared(want, _managed(want, have)) for want, have in pairs if not _same(want, have)]
    return "".join(lines) + f"Plan: {len(lines)} to change of {len(wants)}.\n"


def _same(want: Json, have: Json) -> bool:
    """Tell whether `have` is what the manifest writes; what it does not write is not ours."""
    for name, value in want.items():
        said = have[name]
        if name == "projects":
            if len(value) != len(said):
                return False
            for entry, mine in zip(value, said, strict=True):
                for key in entry:
                    if entry[key] != mine[key]:
                        return False
        elif value != said:
            return False
    return True


def _managed(want: Json, have: Json) -> Json:
    """Return what the live release says of the things that the manifest writes."""
    said = {name: have[name] for name in want}
    said["projects"] = [
        {name: mine[name] for name in entry}
        for entry, mine in zip(want["projects"], have["projects"], strict=True)
    ]
    return said


def _compared(want: Json, have: Json) -> str:
    from deepdiff import DeepDiff

    return f"~ {want['releaseName']}\n    {DeepDiff(have, want)}\n"


if __name__ == "__main__":
    main()
