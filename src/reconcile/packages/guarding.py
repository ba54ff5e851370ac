"""Tells a fault in a package's own code as one: with kind, function, package, version and line.

Each function that a package declares is called through here; what it raises, or answers and is no answer,
is a `PackageFault`. The words never repeat what an exception says, which may hold what a server answered.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from traceback import walk_tb
from types import MappingProxyType
from typing import Any

from reconcile.errors import ApiError, Unsure
from reconcile.fields.table import Row, Table
from reconcile.model import Env, Json, Live, Named, Ref, Request, Secret
from reconcile.named_tuple import NamedTuple
from reconcile.packages.quiet import quietly
from reconcile.provider.cases import BadAnswer, Decision, Finding, PackageFault, Page
from reconcile.provider.kinds import Kind, System
from reconcile.provider.lookups import Lookup

_OWN = "reconcile."
_DEEPEST = 100


class _Function(NamedTuple):
    """Say which function of whose package is called."""

    system: System
    where: str
    name: str

    def fault(self, words: str) -> PackageFault:
        """Return the fault of this function."""
        what = f"`{self.name}` of {self.where}" if self.where else f"`{self.name}`"
        of = f"the type `{self.system.type}`"
        return PackageFault(f"a fault of the package {self.system.provenance}: {what} of {of} {words}")

    def failed(self, error: BaseException) -> PackageFault:
        """Return the fault that an exception is, with the last line of the package that it came through."""
        frames = [(frame, line) for frame, line in walk_tb(error.__traceback__)]
        own = [each for each in frames if not _module(each[0]).startswith(_OWN)]
        frame, line = (own or frames)[-1]
        place = f"{_module(frame)}, line {line}, in {frame.f_code.co_name}"
        return self.fault(f"raised {type(error).__name__} ({place})")


def _module(frame: Any) -> str:
    return str(frame.f_globals.get("__name__", "?"))


AnswerCheck = Callable[[Any], str]
"""Says what is wrong with an answer; empty: nothing."""


def guarded_system(system: System) -> System:
    """Return a type of system whose functions tell their faults as those of its package."""
    options = [_iterating(_Function(system, "", "option_rules"), rule) for rule in system.option_rules]
    return system._replace(
        kinds=tuple(_kind(system, kind) for kind in system.kinds),
        probe=_called(_Function(system, "", "probe"), system.probe, _is(Request)),
        option_rules=tuple(options),
    )


def _kind(system: System, kind: Kind) -> Kind:
    where = f"its kind {kind.name}"
    made = copy.copy(kind)
    vars(made).pop("key_of", None)
    given: dict[str, object] = {
        name: _called(_Function(system, where, name), getattr(kind, name), check)
        for name, check in _ANSWERS.items()
        if getattr(kind, name) is not None
    }
    given["rules"] = tuple(_iterating(_Function(system, where, _name(rule)), rule) for rule in kind.rules)
    given["lookups"] = {name: _lookup(system, where, each) for name, each in kind.lookups.items()}
    given["table"] = _table(system, where, kind.table)
    if kind.dated is not None:
        called_off = _called(_Function(system, where, "called_off"), kind.dated.called_off, _fine)
        given["dated"] = kind.dated._replace(called_off=called_off)
    vars(made).update(given)
    return made


def _lookup(system: System, where: str, lookup: Lookup) -> Lookup:
    function = _Function(system, f"the lookup of {lookup.name} of {where}", "ask")
    return replace(
        lookup,
        ask=_called(function, lookup.ask, _is(Request)),
        read=_called(function._replace(name="read"), lookup.read, _is(Live)),
        page=_called(function._replace(name="page"), lookup.page, _is(Page)),
        searched=_called(function._replace(name="searched"), lookup.searched, _fine),
    )


def _table(system: System, where: str, table: Table) -> Table:
    rows = {name: _row(system, where, row) for name, row in table.rows.items()}

    def same(some: Iterable[Row]) -> tuple[Row, ...]:
        return tuple(rows[row.name] for row in some)

    return table._replace(
        rows=MappingProxyType(rows),
        sensitive=same(table.sensitive),
        implied=same(table.implied),
        lists=same(table.lists),
        instants=same(table.instants),
        schedules=same(table.schedules),
    )


def _row(system: System, where: str, row: Row) -> Row:
    function = _Function(system, f"`{row.name}` of {where}", "Form")
    nested = row.table and _table(system, where, row.table)
    form = row.form if _is_own(row.form) else _called(function, row.form, _fine)
    sensitive = row.sensitive_if and _called(function._replace(name="SensitiveIf"), row.sensitive_if, _fine)
    fires = row.fires and _called(function._replace(name="Fires"), row.fires, _fine)
    parts = tuple((name, nested.rows[name].form) for name, _ in row.parts) if nested else row.parts
    return row._replace(form=form, table=nested, parts=parts, sensitive_if=sensitive, fires=fires)


def _is_own(function: Callable[..., object]) -> bool:
    """Tell whether a normal form is one of ours, which never raises; one around a default may not be."""
    inner = [cell.cell_contents for cell in getattr(function, "__closure__", None) or ()]
    around = [each for each in inner if callable(each)]
    return str(getattr(function, "__module__", "")).startswith(_OWN) and all(map(_is_own, around))


def _called(function: _Function, call: Callable[..., Any], check: AnswerCheck) -> Callable[..., Any]:
    @wraps(call)
    def called(*given: Any, **more: Any) -> Any:
        try:
            with quietly():
                found = call(*given, **more)
        except (Unsure, ApiError):
            raise
        except BadAnswer as error:
            if function.name in _READING:
                raise
            raise function.failed(error) from error
        except (Exception, SystemExit) as error:
            raise function.failed(error) from error
        if wrong := check(found):
            raise function.fault(f"answered {wrong}")
        return found

    return called


def _iterating(
    function: _Function, call: Callable[..., Iterable[Finding]]
) -> Callable[..., Iterator[Finding]]:
    """Return a rule that is run to its end where it is called, so that its faults are told there."""
    whole = _called(function, lambda *given: [*call(*given)], _each(Finding))
    return lambda *given: iter(whole(*given))


def _name(rule: Callable[..., object]) -> str:
    return f"the rule {getattr(rule, '__name__', 'of its own')}"


def _fine(answer: Any) -> str:
    return ""


def _is(*types: type) -> AnswerCheck:
    names = " or ".join("None" if each is type(None) else each.__name__ for each in types)
    return lambda answer: "" if isinstance(answer, types) else f"{_kind_of(answer)}, and no {names}"


def _each(type_: type) -> AnswerCheck:
    """Return what says which item of an answer is of another type."""

    def wrong(answer: Any) -> str:
        if not isinstance(answer, Sequence):
            return f"{_kind_of(answer)}, and no sequence"
        odd = next((each for each in answer if not isinstance(each, type_)), None)
        return "" if odd is None else f"with {_kind_of(odd)} in it, and no {type_.__name__}"

    return wrong


def _requests(answer: Any) -> str:
    return _each(Request)(answer) or next((wrong for each in answer if (wrong := _body(each))), "")


def _decision(answer: Any) -> str:
    return _is(Decision)(answer) or _requests(answer.requests)


def _body(request: Request) -> str:
    odd = next(_no_json(request.body), None)
    return "" if odd is None else f"with a body that holds {_kind_of(odd)}, which JSON cannot hold"


def _no_json(value: Json, depth: int = 0) -> Iterator[Any]:
    """Yield what in a body is neither JSON nor a value that is filled in before it is sent."""
    if isinstance(value, dict) and depth < _DEEPEST:
        for name, inner in value.items():
            yield from () if isinstance(name, str) else (name,)
            yield from _no_json(inner, depth + 1)
    elif isinstance(value, list | tuple) and depth < _DEEPEST:
        for inner in value:
            yield from _no_json(inner, depth + 1)
    elif not isinstance(value, str | int | float | Ref | Named | Env | Secret) and value is not None:
        yield value


def _kind_of(answer: Any) -> str:
    return "None" if answer is None else f"a {type(answer).__name__}"


_ANSWERS: Mapping[str, AnswerCheck] = {
    "scope": _is(tuple),
    "lookup": _requests,
    "fetch": _is(Request),
    "read": _is(Live),
    "decide": _decision,
    "remove": _decision,
    "pick": _is(Live, type(None)),
    "settled": _fine,
    "result": _is(Mapping),
    "exported": _fine,
    "aside": _is(str),
    "page": _is(Page),
    "told_apart": _is(str),
    "unlike_an_id": _is(str, type(None)),
    "compose": _is(tuple),
}
"""The functions of a kind, and what is wrong with their answers."""

_READING = frozenset({"read", "page"})
"""What reads an answer, and may say of it that it is none."""
