"""Exports live state: chooses kinds, reads every object, and says what manifests would declare."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from reconcile.errors import ApiError, NotRead, ProblemsFound, WrongUsage
from reconcile.fields.walk import deferred_values
from reconcile.live.pages import Line, lines, look
from reconcile.live_manifests import (
    Manifest,
    Taken,
    asides,
    manifests,
    plain_name,
    with_variables,
    without_secrets,
)
from reconcile.model import Address, Env, Live, Problem, Resource
from reconcile.provider.kinds import Kind
from reconcile.provider.routes import is_id
from reconcile.session.clients import opened
from reconcile.session.events import Unlisted
from reconcile.session.export_declared import with_declared
from reconcile.session.export_flaws import without_flaws
from reconcile.session.export_names import ExportNames
from reconcile.session.export_references import with_references
from reconcile.session.prepare import bound_to
from reconcile.session.proving import believe
from reconcile.session.session import Session, begin
from reconcile.suggest import suggestion
from reconcile.transport import Reader, Redactor


@dataclass(frozen=True, slots=True)
class Choice:
    """Name one kind of one system, and the object of it that is asked for, where one is."""

    system: str
    kind: Kind
    name: str | None


def export(session: Session, what: Sequence[str], *, names: bool = False) -> list[Manifest]:
    """Return the manifests of live objects: of all, or of those that SYSTEM[/KIND[/NAME]] name.

    With `names`, what exactly one live object is named stands in the place of its id.

    Raises WrongUsage for a name that there is none of, ProblemsFound and NotRead where one cannot be read.
    """
    choices = tuple(_choices(session, what))
    endpoints = bound_to(session, {choice.system for choice in choices})
    try:
        with opened(Reader, session, endpoints) as client:
            declared = _declared(session)
            variables = _variables(session, declared)
            believe(session, endpoints, client)
            ours = (with_declared(each, declared) for each in _all_found(session, choices, client))
            found = [_told(session, each, variables) for each in ours]
            found = _targeted(session.options.targets, found)
            named = _with_names(session, found, client) if names else found
            return with_references(named, _only_ones(session))
    except ApiError as error:
        raise NotRead((Problem("unreadable-live", str(error)),)) from error


def _targeted(globs: Sequence[str], found: Sequence[Manifest]) -> list[Manifest]:
    """Return the manifests whose address one of the globs matches; ProblemsFound where one matches none."""
    by_address = {str(Address(each.system, each.kind.name, each.name)): each for each in found}
    problems = [
        Problem("no-such-target", f"nothing live is `{glob}`{suggestion(glob, by_address)}")
        for glob in globs
        if not any(fnmatchcase(address, glob) for address in by_address)
    ]
    if problems:
        raise ProblemsFound(tuple(problems))
    asked = {address for address in by_address for glob in globs if fnmatchcase(address, glob)}
    return [each for address, each in by_address.items() if not globs or address in asked]


def _with_names(session: Session, found: Sequence[Manifest], client: Reader) -> list[Manifest]:
    line = Line(client.read, client.redactor.hear)
    with lines({each.system for each in found}, line, session.options.parallelism) as by_system:
        names = ExportNames(by_system, session.around.cleaner.clean)
        return [names.put_into(each) for each in found]


def _told(session: Session, found: Manifest, variables: Mapping[str, str]) -> Manifest:
    """Return the manifest with the variables that manifests read, without secrets and what is refused."""
    if found.aside:
        return found._replace(name=session.around.cleaner.clean(found.name))
    known = Redactor()
    known.add(*variables)
    clean, options = session.around.cleaner.clean, session.project.systems[found.system].options
    shown = without_secrets(with_variables(found, variables, known.redact), clean)
    fit = without_flaws(shown, options)
    return fit._replace(left_out={name: clean(reason) for name, reason in fit.left_out.items()})


def _declared(session: Session) -> Sequence[Resource]:
    """Return the resources of the manifests that read something from elsewhere.

    None where the manifests are not in order, which is no reason to export nothing.
    """
    try:
        every = session.options._replace(targets=(), base=None, base_or_none=None, caches=False)
        declared = begin(every, session.around).loaded.resources
    except ProblemsFound:
        return ()
    return [resource for resource in declared if not resource.is_literal]


def _variables(session: Session, declared: Sequence[Resource]) -> dict[str, str]:
    """Return the values that the manifests read from the environment, each with the name of its variable."""
    specs = (resource.spec for resource in declared)
    late = (value for spec in specs for _, value in deferred_values(spec))
    names = sorted({value.name for value in late if isinstance(value, Env)})
    environ = session.around.environ
    return {environ[name]: name for name in names if environ.get(name)}


def _choices(session: Session, what: Sequence[str]) -> Iterator[Choice]:
    systems = session.project.systems
    for text in what or tuple(systems):
        system, _, rest = text.partition("/")
        kind, _, name = rest.partition("/")
        if system not in systems:
            raise WrongUsage(f"no system `{system}`{suggestion(system, systems)}")
        kinds = {known.name: known for known in systems[system].system.kinds}
        if kind and kind not in kinds:
            raise WrongUsage(f"no kind `{kind}`{suggestion(kind, kinds)}")
        for known in kinds.values():
            if kind == known.name or (not kind and known.compose is None):
                choice = Choice(system, known, name or None)
                _must_be_readable(session, choice)
                yield choice


def _must_be_readable(session: Session, choice: Choice) -> None:
    """Raise where nothing has to be asked to see that no request can read this choice."""
    kind, config = choice.kind, session.project.systems[choice.system]
    if kind.compose is not None:
        raise WrongUsage(f"a {kind.name} is part of another object: export that one")
    if kind.list_needs and config.options.get(kind.list_needs) is None:
        words = f"options.{kind.list_needs} says which {kind.name}s of {choice.system} there are: write it"
        raise ProblemsFound((Problem("no-list", words, config.origin),))
    if not kind.listed and choice.name is not None and not is_id(choice.name):
        raise WrongUsage(f"`{choice.name[:60]}` is no id: a {kind.name} is named by its id")


def _all_found(session: Session, choices: Sequence[Choice], client: Reader) -> Iterator[Manifest]:
    line, systems = Line(client.read, client.redactor.hear), {choice.system for choice in choices}
    told: dict[tuple[str, str], _Told] = defaultdict(_Told)
    with lines(systems, line, session.options.parallelism) as by_system:
        for choice in choices:
            before = told[choice.system, choice.kind.name]
            yield from _found(session, choice, by_system[choice.system], before)


@dataclass(frozen=True, slots=True)
class _Told:
    """Hold what an export has said of a kind by other choices: an object is exported once."""

    ids: set[str] = field(default_factory=set)
    taken: Taken = field(default_factory=lambda: Taken(set(), set()))


def _found(session: Session, choice: Choice, line: Line, before: _Told) -> Iterator[Manifest]:
    kind, options = choice.kind, session.project.systems[choice.system].options
    if kind.listed:
        requests = kind.lookup(choice.system, [], options)
    elif choice.name is None:
        session.around.on_event(Unlisted(f"{choice.system}/{kind.name}"))
        return
    else:
        requests = (kind.fetch(choice.system, choice.name, options),)
    sights = (look(kind, request, line) for request in requests)
    every = {str(live.id): live for sight in sights for live in sight.lives}
    chosen = [live for live in every.values() if _is_chosen(choice, live)]
    if choice.name is not None and not chosen:
        names = [live.name for live in every.values()]
        message = f"no {kind.name} `{choice.name}` in {choice.system}{suggestion(choice.name, names)}"
        raise ProblemsFound((Problem("no-such-object", message),))
    told = [live._replace(name=session.around.cleaner.clean(live.name)) for live in every.values()]
    ids = {str(live.id) for live in chosen} - before.ids
    before.ids.update(ids)
    yield from manifests(choice.system, kind, told, lambda live: str(live.id) in ids, before.taken)
    if choice.name is None:
        yield from asides(choice.system, kind, told)


def _is_chosen(choice: Choice, live: Live) -> bool:
    if choice.name is None:
        return choice.kind.exported(live)
    return choice.name in {live.name, str(live.id), plain_name(live)}


def shares_a_type(session: Session) -> bool:
    """Tell whether two systems have one type, so that a manifest has to name its system."""
    return len(_only_ones(session)) < len(session.project.systems)


def _only_ones(session: Session) -> frozenset[str]:
    """Return the names of the systems that are the only ones of their type."""
    systems = session.project.systems
    types = Counter(config.system.type for config in systems.values())
    return frozenset(name for name, config in systems.items() if types[config.system.type] == 1)
