"""Finds the text that says a wanted value: in a manifest, or in the variable that it draws on; what may be
written there instead is left to `taking`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconcile.fields.table import Row
from reconcile.manifests.envelope import Declared
from reconcile.model import Address, FieldPath, Json, Resource
from reconcile.named_tuple import NamedTuple
from reconcile.yaml_source import YamlDocument

Steps = tuple[str | int, ...]


class Use(NamedTuple):
    """Describe where a manifest uses a variable: in which document of a file, by which steps."""

    file: str
    document: int
    steps: Steps


class WrittenAt(NamedTuple):
    """Describe where a value is written: the document, the steps to it, and the value as it stands."""

    document: YamlDocument
    steps: Steps
    value: Json
    row: Row | None
    variable: str | None = None
    """The variable that stands at this place, or in whose value this place is."""

    use: Use | None = None
    """Where the manifest uses that variable."""

    is_within: bool = False
    """Whether the place is inside the variable's value, not that of the variable itself."""


class Unwritten(NamedTuple):
    """Say why a wanted value is written nowhere that could be changed."""

    reason: str


class WrittenVariables(NamedTuple):
    """Hold the variables of an environment as the project file writes them."""

    document: YamlDocument
    environment: str | None
    given: frozenset[str]
    """Those that were set by --var."""

    def steps(self, name: str) -> Steps | None:
        """Return where a variable is written, the environment's own first; None for nowhere."""
        own: Steps = ("environments", self.environment or "", "variables", name)
        every: Steps = ("variables", name)
        return next((steps for steps in (own, every) if _has(self.document.value, steps)), None)

    def holds_in(self, name: str, environment: str) -> bool:
        """Tell whether an environment has the value of a variable that is written where `steps` says."""
        other = self._replace(environment=environment)
        return other.steps(name) == self.steps(name)


def sayers(host: Resource, path: FieldPath) -> Iterator[tuple[Address, FieldPath]]:
    """Yield each manifest that may say a field of a resource, with the field's path in its spec."""
    for part, share in host.carries.items():
        if share.path == path[: len(share.path)]:
            yield part, path[len(share.path) :]
    if not host.managed_as:
        yield host.address, path


def written_at(
    declared: Declared, spec: Mapping[str, Json], path: FieldPath, variables: WrittenVariables
) -> WrittenAt | Unwritten:
    """Return where a manifest writes the value at `path`, or would; `spec` is its spec with variables put in.

    The place of an entry that the manifest's list lacks is the list's.
    """
    row: Row | None = None
    here = WrittenAt(declared.document, ("spec",), declared.document.value.get("spec") or {}, None)
    table = declared.kind.table
    said: Json = spec
    for step in path:
        around = _through(here, variables)
        if isinstance(around, Unwritten):
            return around
        here = around
        if isinstance(step, tuple):
            index = _index(row, said, step)
            if index is None:
                return here._replace(row=row)
            here, said = _below(here, index), said[index]
            continue
        if not isinstance(here.value, dict) or step not in here.value:
            return Unwritten(_silent(table.rows.get(step)))
        row, said = table.rows.get(step), (said or {}).get(step)
        table = row.table if row and row.table else table
        here = _below(here, step)
    found = here._replace(row=row)
    name = _variable_in(found.value)
    return found if name is None else _of_variable(found, name, variables)


def uses(document: YamlDocument, name: str) -> Iterator[Use]:
    """Yield each place of a document at which a variable stands."""
    for steps in _uses(document.value, name, ()):
        yield Use(document.file, document.begins_at, steps)


def _uses(value: Json, name: str, steps: Steps) -> Iterator[Steps]:
    if _variable_in(value) == name:
        yield steps
        return
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        yield from _uses(part, name, (*steps, step))


def _through(here: WrittenAt, variables: WrittenVariables) -> WrittenAt | Unwritten:
    """Return the place of a variable's value, where a step goes on from a variable."""
    name = _variable_in(here.value)
    if name is None:
        return here
    steps = variables.steps(name)
    if name in variables.given or steps is None:
        return Unwritten(f"it is in the variable {name}, which --var sets")
    value = at_steps(variables.document.value, steps)
    return WrittenAt(variables.document, steps, value, here.row, name, _use(here), is_within=True)


def _of_variable(found: WrittenAt, name: str, variables: WrittenVariables) -> WrittenAt | Unwritten:
    if found.is_within:
        return Unwritten(f"variable {found.variable} holds another variable")
    if name in variables.given:
        return Unwritten(f"it is the variable {name}, which --var sets")
    return found._replace(variable=name, use=_use(found))


def _use(here: WrittenAt) -> Use:
    return Use(here.document.file, here.document.begins_at, here.steps)


def _variable_in(value: Json) -> str | None:
    if isinstance(value, dict) and len(value) == 1 and isinstance(value.get("var"), str):
        name: str = value["var"]
        return name
    return None


def _below(here: WrittenAt, step: str | int) -> WrittenAt:
    return here._replace(steps=(*here.steps, step), value=here.value[step])


def _silent(row: Row | None) -> str:
    if row is not None and row.from_name:
        return f"the manifest does not write {row.name}: it is the resource's own name; write the field"
    if row is not None and row.from_option:
        return f"the manifest does not write {row.name}: it is an option of the system; write the field"
    return "the manifest does not write it"


def _index(row: Row | None, entries: Json, key: tuple[str, ...]) -> int | None:
    if row is None or not isinstance(entries, list):
        return None
    return next((index for index, entry in enumerate(entries) if row.key_of(entry) == key), None)


def _has(value: Json, steps: Sequence[str | int]) -> bool:
    for step in steps:
        if not isinstance(value, dict) or step not in value:
            return False
        value = value[step]
    return True


def at_steps(value: Json, steps: Sequence[str | int]) -> Json:
    """Return what stands at the end of steps that all exist."""
    for step in steps:
        value = value[step]
    return value
