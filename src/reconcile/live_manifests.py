"""Turns live objects into the manifests that would declare them; writing them down is left to a report."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import count

from reconcile.cleaning import Clean, holds_secret
from reconcile.fields.forms import instant, text
from reconcile.fields.table import Row, Table
from reconcile.fields.walk import deferred_values, is_instruction
from reconcile.model import Env, FieldPath, Json, Live, Secret, Spec, spell
from reconcile.named_tuple import NamedTuple
from reconcile.provider.kinds import Kind

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
UNWANTED = "its live value is none that a manifest can want"
INSTRUCTION = "a part of its live value has the form of {env: …} or its like: live data gives no instructions"
PIN = "metadata.id"
WHOLE = "spec"
"""What the reason stands for where it is of the object itself, and of no field of it."""
HELD = "its live value holds a secret"


class Called(NamedTuple):
    """Hold a value with the name by which the live answer calls it."""

    value: Json
    name: str


class Manifest(NamedTuple):
    """Describe one exported object; a value in `spec` may be `Called`, or an `Env` where it is sensitive."""

    system: str
    kind: Kind
    name: str
    pin: Json
    spec: Mapping[str, Json]
    left_out: Mapping[str, str]
    """Fields whose live value no manifest may hold, each with the reason."""
    live: Live

    aside: str = ""
    """What is said of an object that is shown as a comment alone; empty: it is declared."""

    @property
    def is_declared(self) -> bool:
        """Tell whether the object is written as a manifest, and not as a comment."""
        return not (self.aside or self.unfit)

    @property
    def unfit(self) -> bool:
        """Tell whether the manifest would mean another object, or none, without what is left out."""
        rows = self.kind.table.rows
        return not {PIN, WHOLE}.isdisjoint(self.left_out) or any(
            name in self.kind.key or rows[name].must_be_written or rows[name].from_name
            for name in rows.keys() & self.left_out.keys()
        )


class Taken(NamedTuple):
    """Hold the names that an export has given away, so that each stands for one thing."""

    manifests: set[str]
    variables: set[str]

    def variable(self, words: Sequence[str]) -> Env:
        """Return a variable of its own for a secret of which these words tell."""
        plain = re.sub(r"[^A-Z0-9]+", "_", "_".join(words).upper())
        name = plain = f"_{plain}" if plain[0].isdigit() else plain
        for number in count(2):
            if name not in self.variables:
                break
            name = f"{plain}_{number}"
        self.variables.add(name)
        return Env(name)


def manifests(
    system: str,
    kind: Kind,
    found: Collection[Live],
    chosen: Callable[[Live], bool] = lambda live: True,
    taken: Taken | None = None,
) -> Iterator[Manifest]:
    """Yield a manifest for each chosen live object, named uniquely, pinned where only its id finds it.

    `found` are all objects that a lookup would find: one that is not chosen may share its name with one that
    is. `taken` are names that other objects of the kind have.
    """
    taken = taken or Taken(set(), set())
    lives = sorted(_meant(kind, filter(chosen, found)), key=lambda live: (live.name, str(live.id)))
    alike = Counter(kind.key_of(live.fields) for live in found)
    for live in lives:
        name = _name(live, taken.manifests)
        taken.manifests.add(name)
        findable = kind.pick is not None or (kind.listed and alike[kind.key_of(live.fields)] == 1)
        pin = None if findable else _pin(kind, live)
        spec, left_out = _spec(kind, live, _Owner((name,), taken))
        yield Manifest(system, kind, name, pin, spec, left_out, live)


def asides(system: str, kind: Kind, found: Collection[Live]) -> Iterator[Manifest]:
    """Yield each object that is not exported and yet shown, as a comment with its name and id."""
    for live in sorted(found, key=lambda live: (live.name, str(live.id))):
        if not kind.exported(live) and (words := kind.aside(live)):
            yield Manifest(system, kind, live.name, live.id, {}, {}, live, words)


def _pin(kind: Kind, live: Live) -> Json:
    where = kind.told_apart(live)
    return Called(live.id, where) if where else live.id


def without_secrets(manifest: Manifest, clean: Clean) -> Manifest:
    """Return the manifest without each field that holds something sealed, or a secret by `clean`.

    The names of things that remain are clean.
    """
    secret = [name for name, value in manifest.spec.items() if _is_secret(unnamed(value), clean)]
    spec = {name: _called(value, clean) for name, value in manifest.spec.items() if name not in secret}
    left_out = {**manifest.left_out, **dict.fromkeys(secret, HELD)}
    if clean(manifest.name) != manifest.name or holds_secret(unnamed(manifest.pin), clean):
        left_out[PIN] = HELD
    pin = _called(manifest.pin, clean)
    return manifest._replace(name=clean(manifest.name), pin=pin, spec=spec, left_out=left_out)


def _is_secret(value: Json, clean: Clean) -> bool:
    sealed = any(isinstance(late, Secret) for _, late in deferred_values(value))
    return sealed or holds_secret(value, clean)


def _called(value: Json, clean: Clean) -> Json:
    match value:
        case Called(inner, name):
            return Called(_called(inner, clean), clean(name))
        case dict():
            return {name: _called(inner, clean) for name, inner in value.items()}
        case list():
            return [_called(inner, clean) for inner in value]
    return value


def with_variables(manifest: Manifest, names: Mapping[str, str], clean: Clean) -> Manifest:
    """Return the manifest with each text that is the value of a variable, by `names`, as that variable.

    That happens where a manifest may read a variable; a value that merely holds one, by `clean`, is sealed.
    """
    kind = manifest.kind
    return manifest._replace(spec=_read(kind.table, kind.key, manifest.spec, Variables(names, clean)))


class Variables(NamedTuple):
    """Hold what manifests read from the environment: names by their values, and what takes the values out."""

    names: Mapping[str, str]
    clean: Clean


def _read(table: Table, key: Collection[str], fields: Mapping[str, Json], known: Variables) -> Spec:
    found: dict[str, Json] = {}
    for name, given in fields.items():
        row, value = table.rows[name], given.value if isinstance(given, Called) else given
        found[name] = given
        if row.shape == "object" and isinstance(value, dict):
            found[name] = _read(row.nested, (), value, known)
        elif row.shape == "keyed" and isinstance(value, list):
            found[name] = [_read(row.nested, row.key, entry, known) for entry in value]
        elif name not in key and (row.shape == "whole" or _may_be_read(row)):
            found[name] = _of_variable(given, value, known)
    return found


def _of_variable(given: Json, value: Json, known: Variables) -> Json:
    if isinstance(value, str) and value in known.names:
        return Env(known.names[value])
    return Secret("") if holds_secret(value, known.clean) else given


def _may_be_read(row: Row) -> bool:
    return row.is_text and not row.asked and row.form is not instant


def _meant(kind: Kind, found: Iterable[Live]) -> Iterator[Live]:
    """Yield every object; of several with one key the one that a manifest would mean, if the kind picks."""
    if kind.pick is None:
        yield from found
        return
    groups: dict[tuple[str, ...], list[Live]] = defaultdict(list)
    for live in found:
        groups[kind.key_of(live.fields)].append(live)
    yield from filter(None, (kind.pick(None, group) for group in groups.values()))


def plain_name(live: Live) -> str:
    """Return the name of the object's manifest, unless another manifest has that name already."""
    return _UNFIT.sub("-", live.name.strip()).strip("-._").lower()[:100] or f"id-{live.id}"


def _name(live: Live, taken: Collection[str]) -> str:
    name = plain_name(live)
    while name in taken:
        name = f"{name}-{_UNFIT.sub('-', str(live.id))}"
    return name


class _Owner(NamedTuple):
    """Say whose a secret is, for the name of its variable."""

    words: tuple[str, ...]
    taken: Taken


def _spec(kind: Kind, live: Live, owner: _Owner) -> tuple[Mapping[str, Json], dict[str, str]]:
    whole = _said(kind.table, kind.key, live.fields, owner)
    said = ((name, live.fields.get(name)) for name in kind.table.rows)
    left_out = {name: INSTRUCTION for name, value in said if is_instruction(value)}
    chosen = {
        spell(path): _chosen(value) for path, value in _left_to_server(kind.table, kind.key, live.fields)
    }
    spec = {field: value for field, value in whole.items() if field not in left_out}
    return spec, chosen | left_out


def _left_to_server(table: Table, key: Collection[str], said: Spec) -> Iterator[tuple[FieldPath, Json]]:
    """Yield each value that its server chose where nobody wrote one, with its path."""
    for name, row in table.rows.items():
        value = said.get(name)
        if value is None or row.form(value) == row.form(None):
            continue
        if row.is_left_to_server and name not in key:
            yield (name,), value
        elif row.shape == "object":
            yield from (((name, *path), inner) for path, inner in _left_to_server(row.nested, (), value))
        elif row.shape == "keyed":
            for entry in value:
                inside = _left_to_server(row.nested, row.key, entry)
                yield from (((name, row.key_of(entry), *path), inner) for path, inner in inside)


def _chosen(value: Json) -> str:
    """Return the words for what a server chose; a secret is not among them."""
    shown = "" if isinstance(value, Secret | dict | list) else f", now {value}"
    return f"the server chooses it where it is not written{shown}"


def _said(table: Table, key: Collection[str], said: Spec, owner: _Owner) -> dict[str, Json]:
    """Return what is worth saying of an object.

    That is no default, nothing empty and optional, no name of an id, and nothing that its server chose.
    """
    names = {row.named_by for row in table.rows.values() if row.named_by and said.get(row.name) is not None}
    found: dict[str, Json] = {}
    for field, row in table.rows.items():
        value = _value(row, said.get(field), owner)
        if row.is_left_to_server and field not in key:
            continue
        if field in names or (value is None and not (row.required or row.from_name)):
            continue
        name = said.get(row.named_by) if row.named_by else None
        found[field] = Called(value, name) if isinstance(name, str) and name else value
    return found


def _value(row: Row, value: Json, owner: _Owner) -> Json:
    if isinstance(value, Secret):
        return owner.taken.variable((*owner.words, row.name))
    if value is None or row.form(value) == row.form(None):
        return None
    if row.shape == "object":
        return _said(row.nested, (), value, owner) or None
    if row.shape == "keyed":
        entries = sorted(value, key=row.key_of)
        owners = (owner._replace(words=(*owner.words, *row.key_of(entry))) for entry in entries)
        return [_said(row.nested, row.key, entry, of) for entry, of in zip(entries, owners, strict=True)]
    if row.shape != "scalar":
        return value
    return text(value) if row.is_text else row.form(value)


def unnamed(value: Json) -> Json:
    """Return a value of an exported spec without the names by which live answers call its parts."""
    match value:
        case Called(inner):
            return unnamed(inner)
        case dict():
            return {name: unnamed(inner) for name, inner in value.items()}
        case list():
            return [unnamed(inner) for inner in value]
    return value
