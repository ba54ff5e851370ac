"""Reads a project's manifests: every resource they declare, and every problem they have, all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from reconcile.documents import Document, read_documents
from reconcile.fields import forms
from reconcile.fields.check import Locate, Place, checked
from reconcile.fields.table import Row, Table
from reconcile.fields.walk import late_values, seal
from reconcile.kinds import Catalogue, Kind, is_id
from reconcile.manifests import relations
from reconcile.manifests.envelope import Declared, no_id, open_envelopes
from reconcile.manifests.find import BYTES_AT_MOST, Files, Folder
from reconcile.manifests.values import UNKNOWN, Vocabulary, resolved, spelled
from reconcile.model import Address, Env, FieldPath, Json, Origin, Problem, Resource
from reconcile.project import Project

PROBLEMS_AT_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Outside:
    """What the operator adds to the files."""

    secrets: frozenset[str] | None = None
    """Where the operator lists them, the only variables of the environment that manifests may read."""

    variables: Mapping[str, Json] = field(default_factory=dict)
    """They lie over the project's own."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the manifests declare in this environment, in the order of files and lines."""

    resources: tuple[Resource, ...]
    problems: tuple[Problem, ...]
    files: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep anything from being planned."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def load(project: Project, catalogue: Catalogue, outside: Outside, files: Files | None = None) -> Loaded:
    """All resources and all problems of the project's manifests, read from its folder or from `files`."""
    source = files or Folder(project.root)
    names, problems = source.found(project.manifests)
    documents, spoiled = _documents(source, names)
    variables = {**project.variables, **outside.variables}
    words = Vocabulary(variables, project.auth_variables, outside.secrets)
    declared: list[Declared] = []
    for item in open_envelopes(documents, project, catalogue):
        (problems if isinstance(item, Problem) else declared).append(item)  # type: ignore[arg-type]
    resources = []
    for kind, group in _by_kind(declared).items():
        found, more = _resources(kind, group, words)
        resources += found
        problems += more
    resources.sort(key=lambda resource: resource.origin)
    broken = {item.address for item in declared} - {resource.address for resource in resources}
    problems += relations.problems(resources, broken, catalogue)
    resources, more = _composed(resources, project)
    problems += more
    problems += [
        found
        for resource, kind in relations.with_kinds(resources, catalogue)
        for found in _findings(resource, kind)
    ]
    problems = [*spoiled, *_beside(spoiled, problems)]
    return Loaded(tuple(resources), _first(sorted(set(problems), key=by_place)), tuple(names))


def _first(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """The problems that a person can read; of very many, how many more there are."""
    left = problems[PROBLEMS_AT_MOST:]
    if not left:
        return tuple(problems)
    words = f"and {len(left):,} more problems from here on: mend these first"
    return (*problems[:PROBLEMS_AT_MOST], Problem("limit-problems", words, left[0].origin))


def _beside(spoiled: Iterable[Problem], problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems less those of a value that could not be read: it has the wrong type for that alone."""
    places = {problem.origin for problem in spoiled}
    return (p for p in problems if p.origin not in places or not p.code.startswith("wrong-"))


def by_place(problem: Problem) -> tuple[str, int, int, str]:
    """The order in which problems are reported: by file, line and column."""
    origin = problem.origin or Origin("")
    return origin.file, origin.line, origin.column, problem.message


def _documents(source: Files, names: Sequence[str]) -> tuple[list[Document], list[Problem]]:
    documents: list[Document] = []
    problems: list[Problem] = []
    total = 0
    for name in names:
        data = source.read(name)
        if isinstance(data, Problem):
            problems.append(data)
            continue
        total += len(data)
        if total > BYTES_AT_MOST:
            return [], [
                Problem("limit-bytes", "more than 256 MiB of manifests: split the project", Origin(name))
            ]
        found, more = read_documents(data, name)
        documents += found
        problems += more
    return documents, problems


def _by_kind(declared: Iterable[Declared]) -> dict[Kind, list[Declared]]:
    groups: dict[str, list[Declared]] = {}
    for item in declared:
        groups.setdefault(f"{item.kind.api_version} {item.kind.name}", []).append(item)
    return {group[0].kind: group for group in groups.values()}


def _resources(kind: Kind, group: list[Declared], words: Vocabulary) -> tuple[list[Resource], list[Problem]]:
    """The group's resources; the specs are checked against the field table in one pass."""
    problems: list[Problem] = []
    specs = [_spec(item, words, problems) for item in group]
    resources: list[Resource] = []
    for item, spec, found in zip(group, specs, _checked(kind, group, specs), strict=True):
        if found and item.metadata.get("absent"):
            found = tuple(_of_key(kind, found))
        problems += found
        if found:
            continue
        late = tuple(late_values(spec)) if item.may_be_late else ()
        broken = tuple(_misplaced(kind, late, _locator(item.document))) if late else ()
        problems += broken
        if not broken and not any(value is UNKNOWN for _, value in late):
            resources.append(_resource(item, spec, late=bool(late)))
    return resources, problems


def _checked(
    kind: Kind, group: Sequence[Declared], specs: list[dict[str, Json]]
) -> list[tuple[Problem, ...]]:
    """The problems of each spec; one in which a text was written as a number is put right in `specs`."""
    locates = [_locator(item.document) for item in group]
    found = checked(kind.model, specs, locates)
    again = [index for index, problems in enumerate(found) if problems]
    for index in again:
        specs[index] = spelled(kind.table, specs[index])
    spelled_specs = [specs[index] for index in again]
    for index, problems in zip(
        again, checked(kind.model, spelled_specs, [locates[index] for index in again]), strict=True
    ):
        found[index] = problems
    return found


def _of_key(kind: Kind, found: Sequence[Problem]) -> Iterator[Problem]:
    """A tombstone needs only what identifies its object."""
    needed = {f"`{name}` is missing: it is required" for name in kind.key}
    return (problem for problem in found if problem.code != "missing-field" or problem.message in needed)


def _spec(item: Declared, words: Vocabulary, problems: list[Problem]) -> dict[str, Json]:
    def complain(key: str, message: str, place: Place) -> None:
        problems.append(
            Problem(
                f"unknown-{key}" if key == "var" else key, message, item.document.locate(("spec", *place))
            )
        )

    spec = dict(item.spec)
    if item.may_be_late:
        spec = resolved(spec, words, complain)
    if item.document.loud:
        spec = spelled(item.kind.table, spec)
    for row in item.kind.table.implied:
        if row.from_name:
            spec.setdefault(row.name, item.address.name)
        if row.from_option and row.name in item.options:
            spec.setdefault(row.name, item.options[row.name])
    return spec


def _locator(document: Document) -> Locate:
    return lambda place, value: document.locate(("spec", *place), value=value)


def _resource(item: Declared, spec: Mapping[str, Json], *, late: bool) -> Resource:
    metadata, sealed = item.metadata, seal(item.kind.table, spec)
    return Resource(
        address=item.address,
        api_version=item.kind.api_version,
        spec=sealed,
        origin=item.origin,
        locate=partial(_place, item.document, item.kind.table, spec),
        id=metadata.get("id"),
        depends_on=tuple(filter(None, map(Address.parse, metadata.get("dependsOn") or ()))),
        suspend=metadata.get("suspend"),
        absent=bool(metadata.get("absent")),
        plain=not late and sealed is spec,
    )


def _place(document: Document, table: Table, spec: Json, path: FieldPath) -> Origin:
    """The line of a field path: steps by key become the index of the entry that has the key."""
    place: list[str | int] = ["spec"]
    row: Row | None = None
    for step in path:
        if isinstance(step, tuple):
            index = _index(row, spec, step)
            if index is None:
                break
            place.append(index)
            spec = spec[index]
        else:
            place.append(step)
            row, spec = table.rows.get(step), (spec or {}).get(step)
            table = row.table if row and row.table else table
    return document.locate(tuple(place))


def _index(row: Row | None, entries: Json, key: tuple[str, ...]) -> int | None:
    if row is None or not isinstance(entries, list):
        return None
    return next((index for index, entry in enumerate(entries) if row.key_of(entry) == key), None)


def _misplaced(kind: Kind, late: Sequence[tuple[Place, Json]], locate: Locate) -> Iterator[Problem]:
    """Late values that stand where none can."""
    for place, value in late:
        row = _row_at(kind.table, place)
        words = None if row is None or value is UNKNOWN else _unfit(kind, row, place, value)
        if words:
            yield Problem("env" if isinstance(value, Env) else "ref", words, locate(place, True))


def _unfit(kind: Kind, row: Row, place: Place, value: Json) -> str | None:
    """Why a late value cannot stand in a field: it is one value, and a secret identifies nothing."""
    if row.table is not None:
        return f"`{row.name}` takes {'a list' if row.shape == 'keyed' else 'a mapping'}, not one value"
    if row.shape == "whole" and place[-1] == row.name:
        return f"`{row.name}` takes a mapping or a list, not one value"
    if row.asked or row.form is forms.instant:
        return f"`{row.name}` takes a value that is known when the plan is made: write it, or {{var: NAME}}"
    if not isinstance(value, Env):
        return None
    if not row.is_text:
        return f"`{row.name}` takes no secret: it is shown in plans"
    around = _row_at(kind.table, place[:-1])
    key = around.key if around else kind.key
    return f"`{row.name}` takes no secret: what it identifies is shown" if row.name in key else None


def _row_at(table: Table, place: Place) -> Row | None:
    """The row of the field at `place`; what stands inside a field compared as a whole is that field's."""
    row: Row | None = None
    for step in place:
        if isinstance(step, str) and not (row and row.shape == "whole"):
            row = table.rows.get(step)
            table = row.table if row and row.table else table
    return row


def _findings(resource: Resource, kind: Kind) -> Iterator[Problem]:
    """What the vendor's own rules say of a resource, with all that joined it."""
    yield from _without_offset(kind, resource)
    yield from _no_ids(kind, resource)
    if resource.absent and resource.id is None and not kind.listed and kind.pick is None:
        words = f"a {kind.name} is found by its id alone: pin the tombstone by metadata.id"
        yield Problem("unpinned-tombstone", words, resource.origin)
    for rule in () if resource.absent else kind.rules:
        for finding in rule(resource.spec):
            yield Problem(finding.code, finding.message, resource.locate(finding.path), finding.severity)


def _without_offset(kind: Kind, resource: Resource) -> Iterator[Problem]:
    """Date-times that do not say which instant they are."""
    for row in kind.table.instants:
        value = resource.spec.get(row.name)
        if isinstance(value, str) and (value or row.required) and not isinstance(row.form(value), int):
            words = (
                f"`{row.name}` takes a date-time with an offset, such as 2026-12-01T09:00:00Z; this is none"
            )
            yield Problem("no-offset", words, resource.locate((row.name,)))


def _no_ids(kind: Kind, resource: Resource) -> Iterator[Problem]:
    """Values that would stand in the path of a request, and cannot."""
    for name in kind.in_paths:
        value = resource.spec.get(name)
        if isinstance(value, str | int) and not is_id(value):
            yield Problem("bad-id", no_id(name, value), resource.locate((name,)))


def _composed(resources: list[Resource], project: Project) -> tuple[list[Resource], list[Problem]]:
    """What joins another resource, joined, kind by kind."""
    problems: list[Problem] = []
    composers: list[Callable[[Sequence[Resource]], tuple[Sequence[Resource], Sequence[Problem]]]] = [
        kind.compose
        for type_ in {config.system.type: config.system for config in project.systems.values()}.values()
        for kind in type_.kinds
        if kind.compose is not None
    ]
    for compose in composers:
        joined, more = compose(resources)
        resources = list(joined)
        problems += more
    hosts = {part: resource.address for resource in resources for part in resource.carries}
    return [_rehosted(resource, hosts) for resource in resources] if hosts else resources, problems


def _rehosted(resource: Resource, hosts: Mapping[Address, Address]) -> Resource:
    """`resource` waiting for the hosts of the parts that it waits for, and never for itself."""
    depends_on = {hosts.get(address, address) for address in resource.depends_on} - {resource.address}
    return replace(resource, depends_on=tuple(sorted(depends_on)))
