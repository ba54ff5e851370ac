"""Says as plain JSON what is to know of a type of system without asking it: its kinds, schemas, credentials.

As a program it imports one type of an installed package and prints the facts, so that a package which prints,
ends the process or never returns does so to a process of its own.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping

from reconcile.fields.annotations import Doc
from reconcile.fields.attributes import attributes
from reconcile.model import Json
from reconcile.packages.quiet import has_dropped
from reconcile.provider.kinds import Kind, System


def facts_of(system: System) -> dict[str, Json]:
    """Return what is to know of a type."""
    from reconcile.schema import schema_part  # pydantic: a list of types does without

    return {
        **named_facts(system),
        "auth": [scheme.name for scheme in system.auth],
        "options": {
            name: (attribute.mark(Doc) or Doc("", "", None)).description
            for name, attribute in attributes(system.options).items()
        },
        "schema": schema_part(system),
    }


def named_facts(system: System) -> dict[str, Json]:
    """Return how a type and its kinds are called."""
    return {"type": system.type, "title": system.title, "kinds": [*map(_kind_facts, system.kinds)]}


def _kind_facts(kind: Kind) -> dict[str, Json]:
    rows = kind.table.rows
    return {
        "apiVersion": kind.api_version,
        "kind": kind.name,
        "summary": kind.summary,
        "fields": [*rows],
        "nameable": [name for name, row in rows.items() if row.nameable],
    }


def main() -> None:
    """Print the facts of the type that the arguments name, or what is wrong with its package."""
    type_, target, name = sys.argv[1:]
    with tempfile.TemporaryFile() as noise:
        answer = os.dup(1)
        os.dup2(noise.fileno(), 1)
        found = _told(type_, target, name)
        sys.stdout.flush()
        prints = has_dropped() or os.fstat(noise.fileno()).st_size > 0
        said = json.dumps({**found, "prints": prints})
    with open(answer, "w", encoding="utf-8") as stream:
        stream.write(said)


def _told(type_: str, target: str, name: str) -> Mapping[str, Json]:
    from reconcile.errors import UnusablePackage
    from reconcile.packages.distributions import offers
    from reconcile.packages.importing import imported

    meant = [offer for offer in offers() if (offer.type, offer.target) == (type_, target)]
    named = [offer for offer in meant if offer.package.name == name]
    began = time.monotonic()
    try:
        system = imported(type_, named)
    except UnusablePackage as error:
        return {"problem": str(error)}
    seconds = time.monotonic() - began
    try:
        return {"facts": facts_of(system), "seconds": seconds}
    except Exception as error:
        return {"problem": f"its tables cannot be read: {type(error).__name__}: {error}"}


if __name__ == "__main__":
    main()
