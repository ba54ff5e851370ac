"""Reads what stands around a spec: apiVersion, kind and metadata; the spec itself is left to `resources`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from reconcile.fields.check import Flaw, ValuePlace, checked
from reconcile.manifests.interpolate import DEFERRED_FORMS, texts
from reconcile.manifests.known_entries import term_flaws
from reconcile.manifests.partial import leaves, without
from reconcile.model import Address, Json, Origin, Problem
from reconcile.named_tuple import NamedTuple
from reconcile.project import NAME, Project
from reconcile.provider.kinds import Catalogue, Kind, System
from reconcile.provider.routes import is_id
from reconcile.suggest import suggestion
from reconcile.yaml_source import TextBool, YamlDocument, source_text

PARTS = ["apiVersion", "kind", "metadata", "spec"]
"""What a manifest has, in the order in which it is usually written."""

_TEXTS = frozenset({"name", "system", "suspend", "dependsOn", "environments"})
"""The fields of the metadata that are a text, or a list of texts."""

_WORDED = frozenset({"known", "suspend"})
"""The fields of the metadata that are, or hold, mappings with texts."""

_WORDS = frozenset({"path", "reason", "until"})

_NO_REASONS = frozenset({"", "false", "no", "off", "0"})
"""What somebody writes who takes `suspend` for a switch that is off; as a reason it would suspend."""


class Declared(NamedTuple):
    """Describe a document that names a kind this project can manage."""

    address: Address
    kind: Kind
    metadata: Mapping[str, Json]
    spec: dict[str, Json]
    document: YamlDocument
    options: Mapping[str, Json]
    """The options of the system that the resource belongs to."""
    is_sound: bool = True
    """Whether nothing is wrong around the spec."""

    @property
    def may_be_late(self) -> bool:
        """Tell whether the document's file has a reference, a variable or a secret in a value's place."""
        return self.document.mentions(DEFERRED_FORMS)

    @property
    def origin(self) -> Origin:
        """Return where the document starts."""
        return self.document.locate(())

    def texts(self) -> Iterator[Origin]:
        """Yield where a text stands for a string."""
        named = {name: value for name, value in self.metadata.items() if name in _TEXTS}
        for place in texts(self.kind.table, self.spec, ("spec",)):
            yield self.document.locate(place, value=True)
        for place in leaves(named, ("metadata",)):
            yield self.document.locate(place, value=True)


class LeftOut(NamedTuple):
    """Describe what is declared, and not in this environment."""

    address: Address
    origin: Origin
    environment: str | None


def open_envelopes(
    documents: list[YamlDocument], project: Project, catalogue: Catalogue
) -> Iterator[Declared | LeftOut | Problem]:
    """Yield each document as what it declares, here or elsewhere, or its problems."""
    from reconcile.manifests.envelope_schema import (
        Envelope,  # pydantic: a run that knows its files opens none
    )

    for document in documents:
        _spell_names(document.value)
    found = checked(
        Envelope,
        [document.value for document in documents],
        lambda index: partial(_locate, documents[index]),
    )
    known: dict[tuple[str, str], Kind] = {}
    for document, flaws in zip(documents, found, strict=True):
        yield from (_told(flaw, document.value, project, catalogue) for flaw in flaws)
        value = _rest(document.value, flaws) if flaws else document.value
        if value is not None:
            around = Around(document, value, not flaws)
            yield from _open(around, project, catalogue, known)


def _told(flaw: Flaw, value: Json, project: Project, catalogue: Catalogue) -> Problem:
    """Return the problem of a flaw, in other words where a field of the spec stands beside the spec."""
    if flaw.problem.code != "unknown-field" or len(flaw.place) != 1:
        return flaw.problem
    system = _type_of(str(value.get("apiVersion")), project, catalogue)
    kind = system.kind(str(value.get("kind"))) if system else None
    if kind is None or flaw.place[0] not in kind.table.rows:
        return flaw.problem
    words = f"`{flaw.place[0]}` is a field of the spec: indent it under `spec:`"
    return flaw.problem._replace(message=words)


class Around(NamedTuple):
    """Hold a document, and what of it is in order around its spec."""

    document: YamlDocument
    value: Mapping[str, Json]
    is_sound: bool


def _rest(value: Json, flaws: Sequence[Flaw]) -> Json:
    """Return a document less the flaws of its metadata; None where what it declares cannot be told."""
    places = {flaw.place[:2] for flaw in flaws}
    if () in places or any(place[0] in PARTS and len(place) == 1 for place in places):
        return None
    if ("metadata", "name") in places or any(place[0] != "metadata" and len(place) > 1 for place in places):
        return None
    return without(value, places)


def _locate(document: YamlDocument, place: ValuePlace, value: bool) -> Origin:
    return document.locate(place, value=value)


def _spell_names(value: Json) -> None:
    """Put the source text in the place of an unquoted scalar where metadata takes a string."""
    metadata = value.get("metadata") if isinstance(value, dict) else None
    if not isinstance(metadata, dict):
        return
    for key, inner in metadata.items():
        if key in _WORDED and not isinstance(inner, str | int | float):
            _spell_words(inner)
        elif key in _TEXTS:
            metadata[key] = [_text(entry) for entry in inner] if isinstance(inner, list) else _text(inner)
        elif isinstance(inner, TextBool):
            metadata[key] = bool(inner)


def _spell_words(said: Json) -> None:
    for each in said if isinstance(said, list) else [said]:
        for name in _WORDS.intersection(each) if isinstance(each, dict) else ():
            each[name] = _text(each[name])


def _text(value: Json) -> Json:
    return source_text(value) if isinstance(value, int | float) else value


def _open(
    around: Around, project: Project, catalogue: Catalogue, known: dict[tuple[str, str], Kind]
) -> Iterator[Declared | LeftOut | Problem]:
    document, value, is_sound = around
    metadata = value["metadata"]
    type_ = value["apiVersion"].split("/")[0]
    named = value["apiVersion"], value["kind"]
    kind = known.get(named) or _kind(named, project, catalogue)
    wrong = [*_name_problems(metadata, project)]
    if kind is None:
        wrong = [*_kind_problems(value, catalogue), *wrong]
    for code, message, place in wrong:
        yield Problem(code, message, document.locate(place, value=True))
    if kind is None or not NAME.fullmatch(metadata["name"]):
        return
    known[named] = kind
    name = _system(metadata, type_, project)
    if isinstance(name, tuple):
        yield Problem(*name, document.locate(("metadata", "system"), value=True))
        return
    address, environment = Address(name, kind.name, metadata["name"]), project.environment
    if environment is not None and environment not in metadata.get("environments", [environment]):
        yield LeftOut(address, document.locate(()), environment)
    else:
        options = project.systems[name].options
        sound = is_sound and not wrong
        yield Declared(address, kind, metadata, value.get("spec") or {}, document, options, sound)


def _kind(named: tuple[str, str], project: Project, catalogue: Catalogue) -> Kind | None:
    """Return the kind that apiVersion and kind name; None where there is none."""
    system = _type_of(named[0], project, catalogue)
    kind = system.kind(named[1]) if system else None
    return kind if kind is not None and kind.api_version == named[0] else None


def _type_of(api_version: str, project: Project, catalogue: Catalogue) -> System | None:
    """Return the type of system that an apiVersion names, of those that the project names or that are known.

    A manifest brings no package in: it is a system of the project file that names its type.
    """
    name = api_version.split("/")[0]
    here = (config.system for config in project.systems.values() if config.system.type == name)
    return next(here, None) or (catalogue[name] if name in {*catalogue} else None)


def _kind_problems(value: Mapping[str, Json], catalogue: Catalogue) -> Iterator[tuple[str, str, ValuePlace]]:
    given, kind = value["apiVersion"], value["kind"]
    versions = {known.api_version for system in catalogue.values() for known in system.kinds}
    if given not in versions:
        near = suggestion(given, versions)
        if "did you mean" not in near and given.split("/")[0] not in {*catalogue}:
            near += "; a type that a package adds has a system in reconcile.yaml first"
        yield "unknown-api-version", f"no apiVersion `{given[:60]}`{near}", ("apiVersion",)
        return
    kinds = [known.name for known in catalogue[given.split("/")[0]].kinds if known.api_version == given]
    if kind not in kinds:
        yield "unknown-kind", f"{given} has no kind `{kind[:60]}`{suggestion(kind, kinds)}", ("kind",)


def _name_problems(metadata: Mapping[str, Json], project: Project) -> Iterator[tuple[str, str, ValuePlace]]:
    if not NAME.fullmatch(metadata["name"]):
        message = "a name has letters, digits, `.`, `_` and `-`, and starts with a letter or digit"
        yield "bad-name", f"`{metadata['name'][:60]}` is no name: {message}", ("metadata", "name")
    if metadata.get("id") is not None and not is_id(metadata["id"]):
        yield "bad-id", no_id("id", metadata["id"]), ("metadata", "id")
    yield from term_flaws(metadata)
    if str(metadata.get("suspend", "-")).strip().lower() in _NO_REASONS:
        message = f"`suspend` is `{metadata['suspend']}`: say why in words, or take the line away to lift it"
        yield "wrong-value", message, ("metadata", "suspend")
    for index, text in enumerate(metadata.get("dependsOn") or ()):
        if Address.parse(text) is None:
            message = f"`{text[:80]}` is no address: write <system>/<Kind>/<name>"
            yield "bad-address", message, ("metadata", "dependsOn", index)
    for index, name in enumerate(metadata.get("environments") or ()):
        if name not in project.environments:
            near = suggestion(name, project.environments) or "; add it under environments in reconcile.yaml"
            message = f"no environment `{name[:60]}`{near}"
            yield "unknown-environment", message, ("metadata", "environments", index)


def no_id(field: str, value: Json) -> str:
    """Return what is wrong with a value that cannot stand in the path of a request."""
    words = (
        "an id has letters, digits, `.`, `_`, `:` and `-`, begins with a letter or digit, and holds no `..`"
    )
    return f"`{field}` is `{str(value)[:60]}`, and that is no id: {words}"


def _system(metadata: Mapping[str, Json], type_: str, project: Project) -> str | tuple[str, str]:
    """Return the system that the manifest belongs to; else the code and words of what is wrong."""
    named = metadata.get("system")
    known = [name for name, config in project.systems.items() if config.system.type == type_]
    if named is not None:
        if named in known:
            return str(named)
        return "unknown-system", f"no {type_} system `{named}` in reconcile.yaml{suggestion(named, known)}"
    if len(known) == 1:
        return known[0]
    if known:
        return "which-system", f"{' and '.join(known)} are both of type {type_}: write metadata.system"
    return "unknown-system", f"reconcile.yaml has no system of type {type_}: add one under systems"
