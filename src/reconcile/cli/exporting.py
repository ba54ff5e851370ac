"""What export does: chooses kinds, reads every object, writes manifests."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from reconcile.cli.console import SINK, tell
from reconcile.cli.flags import Flags
from reconcile.cli.output import answer, check_answer, unwritable
from reconcile.cli.problems import refuse
from reconcile.errors import ApiError, ProblemsFound
from reconcile.fields.walk import deferred_values
from reconcile.live.pages import Line, lines, look
from reconcile.live_manifests import Manifest, manifests, plain_name, with_variables, without_secrets
from reconcile.model import Address, Env, Json, Live, Problem
from reconcile.provider.kinds import Kind, is_id
from reconcile.reports.exported_yaml import plain, render
from reconcile.session.atomic_files import create
from reconcile.session.clients import opened
from reconcile.session.prepare import bound_to
from reconcile.session.proving import prove
from reconcile.session.session import Session, begin, open_project
from reconcile.suggest import suggestion
from reconcile.transport import Reader, Redactor


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind of one system, and the object that is named, where one is."""

    system: str
    kind: Kind
    name: str | None


def exported(flags: Flags, what: Sequence[str], to: Path | None) -> None:
    """Prints the manifests, or writes a file each; exits with 1 where something cannot be read or written."""
    check_answer(flags)
    try:
        session = open_project(flags)
        choices = tuple(_choices(session, what))
        endpoints = bound_to(session, {choice.system for choice in choices})
        with opened(Reader, session, endpoints) as client:
            variables = _variables(flags, session.environment)
            prove(session, (), endpoints, client)
            found = [*_all_found(session, choices, client)]
        found = [_clean(each, variables) for each in found]
        written = [] if to is None else [*_written(found, to, session)]
    except ProblemsFound as error:
        refuse(flags, error.problems)
    except ApiError as error:
        refuse(flags, (Problem("unreadable-live", str(error)),))
    two = _ambiguous(session)
    words = render(found, named_system=two) if to is None else f"{_counted(found)} written to {to}."
    plainly = [plain(each, named_system=two) for each in found if not each.unfit]
    facts: dict[str, Json] = {"manifests": plainly, "left_out": _left_out(found), "written": written}
    answer(flags, words, facts, "yaml")


def _clean(found: Manifest, variables: Mapping[str, str]) -> Manifest:
    """The manifest with the variables that manifests read, and without what holds a secret."""
    known = Redactor()
    known.add(*variables)
    return without_secrets(with_variables(found, variables, known.redact), SINK.clean)


def _counted(found: Sequence[Manifest]) -> str:
    fit = sum(not each.unfit for each in found)
    return f"{fit} {'manifest' if fit == 1 else 'manifests'}"


def _left_out(found: Sequence[Manifest]) -> list[Json]:
    """The fields whose live value no manifest may hold, which the YAML has as comments."""
    return [
        {
            "address": str(Address(each.system, each.kind.name, each.name)),
            "fields": [*each.left_out],
        }
        for each in found
        if each.left_out
    ]


def _variables(flags: Flags, environment: Mapping[str, str]) -> dict[str, str]:
    """The values that the manifests read from the environment, each with its variable; none where the
    manifests are not in order, which is no reason to export nothing."""
    try:
        declared = begin(
            flags._replace(target=(), base=None, base_or_none=None), (), live=True
        ).loaded.resources
    except ProblemsFound:
        return {}
    specs = (resource.spec for resource in declared if not resource.is_literal)
    late = (value for spec in specs for _, value in deferred_values(spec))
    names = sorted({value.name for value in late if isinstance(value, Env)})
    return {environment[name]: name for name in names if environment.get(name)}


def _choices(session: Session, what: Sequence[str]) -> Iterator[Choice]:
    systems = session.project.systems
    for text in what or tuple(systems):
        system, _, rest = text.partition("/")
        kind, _, name = rest.partition("/")
        if system not in systems:
            raise click.UsageError(f"no system `{system}`{suggestion(system, systems)}")
        kinds = {known.name: known for known in systems[system].system.kinds}
        if kind and kind not in kinds:
            raise click.UsageError(f"no kind `{kind}`{suggestion(kind, kinds)}")
        for known in kinds.values():
            if kind == known.name or (not kind and known.compose is None):
                yield Choice(system, known, name or None)


def _all_found(session: Session, choices: Sequence[Choice], client: Reader) -> Iterator[Manifest]:
    line, systems = Line(client.read, client.redactor.hear), {choice.system for choice in choices}
    with lines(systems, line, session.flags.parallelism) as by_system:
        for choice in choices:
            yield from _found(session, choice, by_system[choice.system])


def _found(session: Session, choice: Choice, line: Line) -> Iterator[Manifest]:
    kind, options = choice.kind, session.project.systems[choice.system].options
    if kind.compose is not None:
        raise click.UsageError(f"a {kind.name} is part of another object: export that one")
    if kind.list_needs and options.get(kind.list_needs) is None:
        words = f"options.{kind.list_needs} says which {kind.name}s of {choice.system} there are: write it"
        raise ProblemsFound((Problem("no-list", words, session.project.systems[choice.system].origin),))
    if kind.listed:
        requests = kind.lookup(choice.system, [], options)
    elif choice.name is None:
        tell(f"{choice.system}/{kind.name}: there is no list of them; name one by its id")
        return
    elif not is_id(choice.name):
        raise click.UsageError(f"`{choice.name[:60]}` is no id: a {kind.name} is named by its id")
    else:
        requests = (kind.fetch(choice.system, choice.name, options),)
    sights = (look(kind, request, line) for request in requests)
    every = {str(live.id): live for sight in sights for live in sight.lives}
    chosen = [live for live in every.values() if _is_chosen(choice, live)]
    if choice.name is not None and not chosen:
        names = [live.name for live in every.values()]
        message = f"no {kind.name} `{choice.name}` in {choice.system}{suggestion(choice.name, names)}"
        raise ProblemsFound((Problem("no-such-object", message),))
    told = [live._replace(name=SINK.clean(live.name)) for live in every.values()]
    ids = {str(live.id) for live in chosen}
    yield from manifests(choice.system, kind, told, lambda live: str(live.id) in ids)


def _is_chosen(choice: Choice, live: Live) -> bool:
    if choice.name is None:
        return choice.kind.exported(live)
    return choice.name in {live.name, str(live.id), plain_name(live)}


def _ambiguous(session: Session) -> bool:
    types = Counter(config.system.type for config in session.project.systems.values())
    return max(types.values(), default=0) > 1


def _written(found: Sequence[Manifest], to: Path, session: Session) -> Iterator[str]:
    """A file for each manifest, and its path; ProblemsFound where one is there already or cannot be."""
    fit = [item for item in found if not item.unfit]
    paths = [to / item.system / item.kind.name / f"{item.name}.yaml" for item in fit]
    taken = [path for path in paths if os.path.lexists(path)]
    if taken:
        raise ProblemsFound((_taken(taken),))
    made: list[Path] = []
    try:
        for item, path in zip(fit, paths, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            create(path, SINK.clean(render([item], named_system=_ambiguous(session))))
            made.append(path)
    except OSError as error:
        _take_back(made)
        raise ProblemsFound((unwritable(to, error),)) from error
    yield from map(str, made)


def _take_back(made: Sequence[Path]) -> None:
    """Removes what was written of an export that could not be written whole."""
    for path in made:
        with suppress(OSError):
            path.unlink()


def _taken(paths: Sequence[Path]) -> Problem:
    more = f" and {len(paths) - 1} more exist" if len(paths) > 1 else " exists"
    return Problem("exists", f"{paths[0]}{more} already: export never overwrites; choose another folder")
