"""Decides what of a file in order is kept, and what a kept entry means; the I/O is left to `store`.

An entry is plain JSON: the places of the file's nodes, and each document that made a resource.
"""

from __future__ import annotations

import json
import re
import sys
from array import array
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import partial

from reconcile.errors import UnusablePackage
from reconcile.fields.attributes import attributes
from reconcile.fields.walk import deferred_values, replaced
from reconcile.manifests.cache.columns import UNUSABLE, columns, is_plain, kind_named, placed, recalled
from reconcile.manifests.envelope import LeftOut
from reconcile.manifests.resources import MadeResource, implied, resource
from reconcile.model import Address, Env, Json, Named, Origin, Ref, Resource
from reconcile.named_tuple import NamedTuple
from reconcile.project import FILE, Project
from reconcile.provider.kinds import Catalogue, Kind
from reconcile.yaml_source import Places, source_text

FORMAT = [6, sys.byteorder, array("I").itemsize]
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def context(project: Project, variables: Mapping[str, Json], secrets: frozenset[str] | None) -> str:
    """Return as one text all that a file's meaning depends on, beside its bytes and the tool's version."""
    systems = {
        name: [
            config.system.type,
            config.system.provenance,
            dict(config.options),
            [*map(_schema, config.system.kinds)],
        ]
        for name, config in project.systems.items()
    }
    spelled = replaced(dict(variables), lambda leaf: [type(leaf).__name__, source_text(leaf)])
    allowed = None if secrets is None else sorted(secrets)
    around = [project.environment, project.environments, sorted(project.auth_variables), allowed]
    return json.dumps([FORMAT, systems, spelled, around], sort_keys=True)


def project_context(types: Iterable[str], environment: str | None, catalogue: Catalogue) -> str:
    """Return what else decides whether a project file fits its tables: environment, its systems' options."""
    systems = {name: _project_schema(name, catalogue) for name in types}
    return json.dumps([FILE, environment, systems], sort_keys=True)


def _project_schema(type_: str, catalogue: Catalogue) -> Json:
    """Return the version of what a type says of the project file; None where there is no such type."""
    try:
        system = catalogue[type_]
    except (KeyError, UnusablePackage):
        return None
    return [system.provenance, _ADDRESS.sub("", repr(dict(attributes(system.options))))]


def _schema(kind: Kind) -> str:
    """Return the version of a kind's schema: its fields, types and marks, spelled out."""
    return _ADDRESS.sub("", f"{kind.api_version} {kind.name} {kind.key} {dict(attributes(kind.model))!r}")


class Recalled(NamedTuple):
    """Hold what a kept entry says that a file declares."""

    resources: list[Resource]
    left_out: list[LeftOut]
    sound: set[int]
    """The identities of those of which the rules of their kind had nothing to say."""


def recalled_from(entry: Json, file: tuple[str, bytes], project: Project, catalogue: Catalogue) -> Recalled:
    """Return what an entry says of a file; raise one of `UNUSABLE` for an entry that is none of ours."""
    name, data = file
    places = Places(name, data, entry["places"])
    plain = [*recalled(entry["plain"], places, project, catalogue)]
    found = [*_resources(entry, places, project, catalogue)]
    sound = {id(resource) for resource, is_sound in found if is_sound}
    sound.update(map(id, plain))
    left_out = [*_left_out(entry, name, project.environment)]
    return Recalled([*plain, *(resource for resource, _ in found)], left_out, sound)


def cache_entry(made: Sequence[MadeResource], left_out: Sequence[LeftOut], sound: Container[int]) -> Json:
    """Return what to keep of a file, None for nothing.

    `sound` has the identities of the resources without findings.
    """
    documents = [each.declared.document for each in made]
    secret = any(each.resource.spec is not each.spec for each in made)  # one in clear: kept nowhere
    if secret or any(document.loud for document in documents):
        return None
    plain: list[MadeResource] = []
    kept: list[Json] = []
    for each in made:
        in_order, as_written = id(each.resource) in sound, _as_written(each)
        if in_order and as_written and is_plain(each):
            plain.append(each)
        else:
            kept.append(_kept(each, sound=in_order, as_written=as_written))
    places = documents[0].packed if documents else ""
    others = [[*address, origin.line, origin.column] for address, origin, _ in left_out]
    return {"places": places, "plain": columns(plain), "documents": kept, "left_out": others}


def _as_written(made: MadeResource) -> bool:
    """Tell whether a document means what it says, with no more than what its silence means."""
    item = made.declared
    return bool(made.spec == implied(item.kind.table, item.spec, item.address.name, item.options))


def _kept(made: MadeResource, *, sound: bool, as_written: bool) -> list[Json]:
    item, origin = made.declared, made.resource.origin
    head = [item.document.at, origin.line, origin.column, item.address.system, sound, item.document.value]
    if as_written:
        return [*head, None, None]
    late = [[place, *_named(value)] for place, value in deferred_values(made.spec)]
    return [
        *head,
        replaced(made.spec, lambda leaf: None if isinstance(leaf, Ref | Named | Env) else leaf),
        late,
    ]


def _named(value: Json) -> tuple[str, str]:
    match value:
        case Ref(address):
            return "ref", str(address)
        case Named(text):
            return "named", text
    return "env", value.name


def _resources(
    entry: Json, places: Places, project: Project, catalogue: Catalogue
) -> Iterator[tuple[Resource, bool]]:
    """Yield the resources of a kept file, each with whether it is sound."""
    kinds: dict[tuple[str, str], Kind] = {}
    for at, line, column, name, sound, value, changed, late in entry["documents"]:
        named, metadata = (value["apiVersion"], value["kind"]), value["metadata"]
        kind = kinds.get(named) or kinds.setdefault(named, kind_named(catalogue, *named))
        address = Address(name, kind.name, metadata["name"])
        if changed is None:
            spec = implied(kind.table, value.get("spec", {}), address.name, project.systems[name].options)
        else:
            spec = _with_late(changed, late)
        locate = partial(placed, places, at, (kind.table, value, spec))
        found = Origin(places.file, line, column), locate, partial(_around, places, at, value)
        yield resource(address, kind, metadata, (spec, bool(late)), found), sound is True


def _left_out(entry: Json, file: str, environment: str | None) -> Iterator[LeftOut]:
    for system, kind, name, line, column in entry["left_out"]:
        yield LeftOut(Address(system, kind, name), Origin(file, line, column), environment)


def _with_late(spec: dict[str, Json], late: Sequence[tuple[list[str | int], str, str]]) -> dict[str, Json]:
    for place, what, name in late:
        around: Json = spec
        for step in place[:-1]:
            around = around[step]
        around[place[-1]] = _late(what, name)
    return spec


def _late(what: str, name: str) -> Ref | Named | Env:
    address = Address.parse(name) if what == "ref" else None
    if address is not None:
        return Ref(address)
    return Named(name) if what == "named" else Env(name)


def _around(places: Places, at: int, value: Json, path: Sequence[str | int]) -> Origin:
    try:
        return places.document(value, at).locate(path)
    except UNUSABLE:
        return Origin(places.file)
