"""What plan, apply and drift share: from the flags to a plan, or to the problems that stand against it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import NoReturn

import click

from reconcile.base import head
from reconcile.cli import codes
from reconcile.cli.ahead import Ahead
from reconcile.cli.caches import kept
from reconcile.cli.catalogue import CATALOGUE
from reconcile.cli.client import Reads
from reconcile.cli.flags import Flags
from reconcile.cli.output import report, show
from reconcile.cli.sink import tell
from reconcile.cli.third import Base, formers, read_base
from reconcile.credentials import endpoint
from reconcile.documents import read_value
from reconcile.endpoint import Endpoint
from reconcile.errors import ProblemsFound
from reconcile.fields.walk import late_values
from reconcile.kinds import Kind
from reconcile.manifests import Loaded, Outside, load
from reconcile.manifests.find import Folder
from reconcile.manifests.relations import kind_of, needs, with_kinds
from reconcile.model import Address, Json, Noted, Origin, Problem, Resource, Secret
from reconcile.nearest import nearest
from reconcile.observe import Wanted, observe
from reconcile.plan import Planned, opened, plan
from reconcile.project import FILE, Project, read_project
from reconcile.records import Circumstances, failed
from reconcile.reports import text
from reconcile.version import VERSION


@dataclass(frozen=True, slots=True)
class Session:
    """A project in an environment, with all that its manifests declare."""

    flags: Flags
    project: Project
    loaded: Loaded
    environment: Mapping[str, str]
    selected: frozenset[Address]
    base: Base | None = None
    ahead: Ahead | None = None
    """What was asked for while the manifests were read."""


def begin(
    flags: Flags, paths: Sequence[str], *, live: bool, cached: bool = False, hasty: bool = False
) -> Session:
    """Loads the project and its manifests; ProblemsFound where anything stands against going on.

    Only a run that neither writes to a system nor saves what another run approves may be `cached`. One that
    is `hasty` asks for long lists meanwhile.
    """
    environment = dict(os.environ)
    project = _project(flags, live=live)
    outside = Outside(_readable(environment), _variables(flags))
    ahead = Ahead(flags, project, environment) if hasty and not paths and not flags.target else None
    files = ahead.watching(Folder(project.root)) if ahead else None
    with kept(project.root, cached=cached and not flags.no_cache) as caches:
        loaded = load(project, CATALOGUE, outside, files, caches.shelf(project, outside))
        if loaded.errors and ahead:
            ahead.close()
        if loaded.errors:
            raise ProblemsFound(loaded.problems)
        selected = _selected(flags, project, loaded, paths)
        asked = flags.base if live else None
        base = None if asked is None else read_base(asked, project, outside, caches)
    return Session(flags, project, loaded, environment, selected, base, ahead)


def open_project(flags: Flags) -> Session:
    """The project without its manifests, for what looks at live state alone."""
    project = _project(flags, live=True)
    return Session(flags, project, Loaded((), ()), dict(os.environ), frozenset())


def _project(flags: Flags, *, live: bool) -> Project:
    root = flags.chdir.absolute()
    if not os.path.lexists(root / FILE):
        message = f"no {FILE} in {flags.chdir}: reconcile init writes one, -C names another folder"
        raise ProblemsFound((Problem("no-project", message),))
    data = Folder(root).read(FILE)
    if isinstance(data, Problem):
        raise ProblemsFound((data,))
    project, problems = read_project(data, root, CATALOGUE, flags.env)
    if project is None:
        raise ProblemsFound(problems)
    if live and project.environments and flags.env is None:
        names = ", ".join(project.environments)
        problem = Problem(
            "which-environment",
            f"the project has environments: write --env with one of {names}",
            Origin(FILE),
        )
        raise ProblemsFound((problem,))
    return project


def _readable(environment: Mapping[str, str]) -> frozenset[str] | None:
    listed = environment.get("RECONCILE_SECRETS")
    return None if listed is None else frozenset(name.strip() for name in listed.split(",") if name.strip())


def _variables(flags: Flags) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for given in flags.var:
        name, equals, value = given.partition("=")
        if not equals or not name:
            raise click.UsageError("--var takes NAME=VALUE")
        try:
            found[name] = read_value(value)
        except ValueError as error:
            raise click.UsageError(f"--var {name}: {error}") from error
    return found


def _selected(flags: Flags, project: Project, loaded: Loaded, paths: Sequence[str]) -> frozenset[Address]:
    """The addresses that PATH and --target leave; a path or glob that matches nothing is an error."""
    chosen = {resource.address for resource in loaded.resources}
    if paths:
        chosen &= {address for path in paths for address in _under(path, project, loaded)}
    if flags.target:
        chosen &= {address for glob in flags.target for address in _matching(glob, loaded)}
    return frozenset(chosen)


def _under(path: str, project: Project, loaded: Loaded) -> list[Address]:
    inside = os.path.relpath(project.root / path, project.root)
    found = [
        r.address for r in loaded.resources if inside == "." or any(_lies_in(f, inside) for f in _files(r))
    ]
    if not found and inside not in loaded.files and not any(_lies_in(file, inside) for file in loaded.files):
        near = nearest(inside, loaded.files)
        raise ProblemsFound((Problem("no-such-path", f"no manifest in `{path}`{_did_you_mean(near)}"),))
    return found


def _files(resource: Resource) -> set[str]:
    return {resource.origin.file, *(share.origin.file for share in resource.carries.values())}


def _lies_in(file: str, path: str) -> bool:
    return file == path or file.startswith(f"{path}/")


def _matching(glob: str, loaded: Loaded) -> list[Address]:
    names = {
        str(address): resource.address
        for resource in loaded.resources
        for address in (resource.address, *resource.carries)
    }
    found = [address for name, address in names.items() if fnmatchcase(name, glob)]
    if not found:
        near = nearest(glob, names)
        raise ProblemsFound(
            (Problem("no-such-target", f"nothing is declared as `{glob}`{_did_you_mean(near)}"),)
        )
    return found


def _did_you_mean(near: str | None) -> str:
    return f"; did you mean `{near}`?" if near else ""


def wanted(session: Session) -> tuple[Wanted, ...]:
    """Every resource with its kind, its secrets read from the operator's environment."""
    found: list[Wanted] = []
    problems: list[Problem] = []
    base = session.base and formers(session.base, session.loaded.resources, CATALOGUE)
    for resource, kind in with_kinds(session.loaded.resources, CATALOGUE):
        if not resource.plain and resource.address in session.selected:
            resource, more = opened(resource, session.environment, kind.table)
            problems += more
        options = session.project.systems[resource.address.system].options
        former = _former(base.of(resource, CATALOGUE), session, kind) if base else None
        found.append(Wanted(resource, kind, options, former, base is not None))
    if problems:
        raise ProblemsFound(tuple(problems))
    return tuple(found)


def _former(former: Resource | None, session: Session, kind: Kind) -> Resource | None:
    """The resource as the base has it; a secret that is not set any more differs from any."""
    return None if former is None else opened(former, session.environment, kind.table)[0]


def gone(session: Session) -> tuple[Wanted, ...]:
    """What only the base declares, in systems that manifests still use; it is looked at, and nothing more."""
    here, used = _declared(session), _used(session)
    found = []
    for resource in _left(session):
        system = resource.address.system
        if system in used:
            shares = {of: share for of, share in resource.carries.items() if of not in here}
            looked_at = replace(resource, absent=True, carries=shares)
            options = session.project.systems[system].options
            found.append(Wanted(looked_at, kind_of(resource, CATALOGUE), options))
    return tuple(found)


def _unseen(session: Session) -> Iterator[Noted]:
    """What only the base declares, in systems that no manifest uses any more: they are not contacted."""
    used = _used(session)
    for resource in _left(session):
        system = resource.address.system
        if system not in used:
            reason = f"no longer managed; not looked at: no manifest uses {system} any more"
            yield Noted(resource.address, (), None, reason, resource.origin)


def _left(session: Session) -> Iterator[Resource]:
    """The resources that only the base declares; none where only a part of the manifests is planned."""
    if session.base is None or session.flags.target or len(session.selected) < len(session.loaded.resources):
        return
    here = _declared(session)
    for address, resource in session.base.resources.items():
        if address not in here and not resource.absent:
            yield resource


def _declared(session: Session) -> set[Address]:
    return {address for r in session.loaded.resources for address in (r.address, *r.carries)}


def _used(session: Session) -> set[str]:
    return {resource.address.system for resource in session.loaded.resources}


@dataclass(frozen=True, slots=True)
class Ready:
    """What a run needs before it may ask anything: the resources with their secrets, and where to ask."""

    session: Session
    wanted: tuple[Wanted, ...]
    gone: tuple[Wanted, ...]
    endpoints: Mapping[str, Endpoint]

    @property
    def secrets(self) -> Iterator[Secret]:
        """Every secret that the manifests hold."""
        for item in self.wanted:
            if item.resource.plain:
                continue
            yield from (value for _, value in late_values(item.resource.spec) if isinstance(value, Secret))


def ready(session: Session) -> Ready:
    """The selected resources, what they refer to, and the systems of all of them; ProblemsFound otherwise."""
    every, left = needed(session), gone(session)
    systems = {item.resource.address.system for item in (*every, *left)}
    return Ready(session, every, left, bound_to(session, systems))


def bound_to(session: Session, systems: Iterable[str]) -> dict[str, Endpoint]:
    """The named systems, each with its credential; ProblemsFound where one may not be contacted."""
    found: dict[str, Endpoint] = {}
    problems: list[Problem] = []
    for name in sorted(systems):
        bound = endpoint(session.project.systems[name], session.environment)
        if isinstance(bound, Endpoint):
            found[name] = bound
        else:
            problems += bound
    if problems:
        raise ProblemsFound(tuple(problems))
    return found


def live_plan(ready: Ready, client: Reads) -> Planned:
    """Reads live state and plans; ProblemsFound where it could not be read or told apart."""
    session = ready.session
    every = (*ready.wanted, *ready.gone)
    seen = observe(every, client.read, session.flags.parallelism * max(1, len(ready.endpoints)))
    if seen.problems:
        raise ProblemsFound(seen.problems)
    planned = plan(
        ready.wanted,
        session.selected.__contains__,
        seen,
        prune=session.flags.prune,
        only=session.flags.only,
        gone=ready.gone,
    )
    if planned.plan.problems:
        raise ProblemsFound(planned.plan.problems)
    dropped = (*planned.plan.dropped, *_unseen(session))
    return replace(planned, plan=replace(planned.plan, dropped=dropped, problems=_warnings(session)))


def _warnings(session: Session) -> tuple[Problem, ...]:
    return (*(session.base.problems if session.base else ()), *session.loaded.problems)


def needed(session: Session) -> tuple[Wanted, ...]:
    """The selected resources and those that they refer to, however far."""
    found = wanted(session)
    if len(session.selected) == len(found):
        return found
    every = {item.resource.address: item for item in found}
    open_, kept = list(session.selected), set[Address]()
    while open_:
        address = open_.pop()
        if address not in kept and address in every:
            kept.add(address)
            open_ += needs(every[address].resource)
    return tuple(item for address, item in every.items() if address in kept)


def circumstances(
    session: Session | None, unmanaged: Mapping[str, int | None] | None = None
) -> Circumstances:
    """What the document says of this run."""
    made = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if session is None:
        return Circumstances(VERSION, made)
    used = _used(session)
    systems = {
        name: {"type": config.system.type, "url": config.url}
        for name, config in session.project.systems.items()
        if name in used
    }
    here = head(session.project.root)
    return Circumstances(
        tool_version=VERSION,
        created_at=made,
        environment=session.project.environment,
        systems=systems,
        commit=here.commit,
        dirty=here.dirty,
        prune=session.flags.prune,
        base=session.base.name if session.base else None,
        unmanaged=unmanaged,
        project_changes=session.base.changes if session.base else (),
    )


def refuse(flags: Flags, problems: Sequence[Problem], session: Session | None = None) -> NoReturn:
    """Reports the problems, in the asked format, and exits with 1."""
    whole = failed(problems, circumstances(session))
    complain(whole["problems"])
    if flags.output == "text":
        report(flags, whole)
    else:
        show(flags, whole)
    sys.exit(codes.ERROR)


def complain(problems: Iterable[Mapping[str, Json]]) -> None:
    """Prints problems to standard error, one a line, in one write."""
    lines = "\n".join(text.problem_lines(problems))
    if lines:
        tell(lines)
