"""Reads `reconcile.yaml` into a project in one environment, or into all its problems; contacts nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reconcile.fields.check import ValuePlace, checked, value_at
from reconcile.fields.walk import replaced
from reconcile.model import Json, Origin, Problem
from reconcile.project.auth import written_problems
from reconcile.project.headers import written_headers
from reconcile.project.layers import Layers
from reconcile.project.lock_entry import lock_problems, lock_there
from reconcile.project.system import system_config
from reconcile.project.values import FILE, Guards, Project, SystemConfig
from reconcile.provider.kinds import Catalogue
from reconcile.suggest import suggestion
from reconcile.yaml_source import TextBool, YamlDocument, read_documents

if TYPE_CHECKING:
    from reconcile.project.freezes import Freeze


def read_project(
    data: bytes,
    root: Path,
    catalogue: Catalogue,
    environment: str | None,
    known: Callable[[Sequence[str]], bool] = lambda types: False,
) -> tuple[Project | None, tuple[Problem, ...]]:
    """Return the project that `data` (the text of `root/reconcile.yaml`) declares, or why it is none.

    `known` is asked, once the text can be read, whether all of it fitted its field tables before; it is told
    the types of system that the text names.
    """
    documents, problems = read_documents(data, FILE)
    if problems:
        return None, problems
    if len(documents) != 1:
        return None, (_not_one(documents),)
    document = documents[0]
    in_order = known(_types(document.value, environment))
    problems = () if in_order else _flaws(document)
    if problems:
        return None, _sorted(problems)
    unknown = (*_unfit_environments(document), *_unknown_environment(document, environment))
    if unknown:
        return None, _sorted((*unknown, *written_problems(document), *written_headers(document)))
    return _project(Layers(document, environment, in_order), root, catalogue)


def _types(value: Json, environment: str | None) -> Sequence[str]:
    """Return each type of system that a file names in these layers, whatever else is wrong with it."""
    layers = [value, _at(_at(value, "environments"), environment)]
    systems = [each for layer in layers if isinstance(each := _at(layer, "systems"), dict)]
    named = [_at(entry, "type") or name for each in systems for name, entry in each.items()]
    return sorted({name for name in named if isinstance(name, str)})


def _at(value: Json, name: str | None) -> Json:
    return value.get(name) if isinstance(value, dict) else None


def _flaws(document: YamlDocument) -> tuple[Problem, ...]:
    from reconcile.project.file import ProjectFile  # pydantic: a run that knows the file does without

    (flaws,) = checked(
        ProjectFile,
        [replaced(document.value, _typed)],
        lambda index: lambda place, value: _located(document, place, value=value),
    )
    return tuple(flaw.problem for flaw in flaws)


def _located(document: YamlDocument, place: ValuePlace, *, value: bool) -> Origin:
    """Return the place of what is wrong; of a freeze, which is one thing, that of the whole entry."""
    at = 0 if place[:1] == ("freezes",) else 2
    if place[at : at + 1] == ("freezes",):
        return document.locate(place[: at + 2])
    return document.locate(place, value=value)


def _not_one(documents: Sequence[YamlDocument]) -> Problem:
    if not documents:
        words = f"{FILE} is empty: it needs version and systems; reconcile init writes one to start from"
        return Problem("project-file", words, Origin(FILE))
    words = f"{FILE} holds one YAML document, and this is another: remove it, with the `---` before it"
    return Problem("project-file", words, documents[1].locate(()))


def _typed(value: Json) -> Json:
    return bool(value) if isinstance(value, TextBool) else value


def _sorted(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.origin or Origin(FILE)))


def _unfit_environments(document: YamlDocument) -> Iterator[Problem]:
    for name in document.value.get("environments") or {}:
        if not name or "/" in name:
            words = f"`{name}` is no name of an environment: a tag is named by it; write `-` in place of `/`"
            yield Problem("project-file", words, document.locate(("environments", name)))


def _unknown_environment(document: YamlDocument, name: str | None) -> Iterator[Problem]:
    known = document.value.get("environments") or {}
    if name is not None and name not in known:
        hint = suggestion(name, known) or f": {FILE} has no environments"
        yield Problem("unknown-environment", f"no environment `{name}`{hint}", Origin(FILE))


def _project(layers: Layers, root: Path, catalogue: Catalogue) -> tuple[Project | None, tuple[Problem, ...]]:
    systems: dict[str, SystemConfig] = {}
    problems = dict.fromkeys((*written_problems(layers.document), *written_headers(layers.document)))
    for name in layers.merged("systems"):
        config = system_config(name, layers, catalogue)
        if isinstance(config, SystemConfig):
            systems[name] = _rooted(config, root)
        else:
            problems |= dict.fromkeys(config)
    freezes, wrong = _freezes(layers)
    problems |= dict.fromkeys((*wrong, *lock_problems(layers)))
    if problems:
        return None, _sorted(tuple(problems))
    file = layers.document.value
    return Project(
        root=root,
        environment=layers.environment,
        environments=tuple(file.get("environments") or ()),
        manifests=tuple(_manifests(layers)),
        systems=systems,
        variables=layers.merged("variables"),
        guards=Guards(**layers.merged("guards")),
        auth_variables=frozenset(_auth_variables(file)),
        variable_names=frozenset(name for layer in _layers(file) for name in layer.get("variables") or ()),
        origins={**dict(_origins(layers)), **{("freezes", each.name): each.origin for each in freezes}},
        freezes=freezes,
        lock=lock_there(layers),
    ), ()


def _freezes(layers: Layers) -> tuple[tuple[Freeze, ...], tuple[Problem, ...]]:
    """Return the freezes, and what is wrong with some; most files have none."""
    if not any(layer.get("freezes") for layer in _layers(layers.document.value)):
        return (), ()
    from reconcile.project.freezes import freeze_problems, freezes_of

    problems = tuple(freeze_problems(layers))
    return (() if problems else freezes_of(layers)), problems


def _rooted(config: SystemConfig, root: Path) -> SystemConfig:
    """Return the system with the relative files of its secrets under the project's folder."""
    secrets, headers = (
        {
            part: {"file": str(root / given["file"])}
            if isinstance(given, dict) and "file" in given
            else given
            for part, given in parts.items()
        }
        for parts in (config.secrets, config.headers)
    )
    return config._replace(secrets=secrets, headers=headers, root=root)


def _manifests(layers: Layers) -> Iterator[tuple[str, Origin]]:
    place = layers.place("manifests")
    listed = value_at(layers.document.value, place)
    if listed is None:
        yield "manifests", Origin(FILE)
    for index, path in enumerate(listed or ()):
        yield path, layers.document.locate((*place, index), value=True)


def _origins(layers: Layers) -> Iterator[tuple[tuple[str, ...], Origin]]:
    for key, names in {
        "guards": Guards._fields,
        "environments": layers.document.value.get("environments"),
        "lock": layers.merged("lock"),
    }.items():
        yield (key,), layers.locate(key)
        yield from (((key, name), layers.locate(key, name)) for name in names or ())


def _layers(file: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    """Yield the top level and each environment."""
    yield file
    yield from (layer or {} for layer in (file.get("environments") or {}).values())


def _auth_variables(file: Mapping[str, Json]) -> Iterator[str]:
    """Yield every variable that some system authenticates by, in any environment.

    No manifest may read such a variable.
    """
    for layer in _layers(file):
        for entry in (layer.get("systems") or {}).values():
            yield from _env_names((entry or {}).get("auth"))
            for value in ((entry or {}).get("headers") or {}).values():
                yield from _env_names(value)


def _env_names(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("env"), str):
            yield value["env"]
        for inner in value.values():
            yield from _env_names(inner)
