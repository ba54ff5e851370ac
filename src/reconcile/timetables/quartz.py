"""Decides whether every Quartz reads a cron text in one same way; when a job fires is left to the server."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from reconcile.named_tuple import NamedTuple


class QuartzVerdict(NamedTuple):
    """Hold what no Quartz takes of a text, what some may take (`unknown`), what never fires (`warnings`)."""

    errors: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class _Flaw(NamedTuple):
    """Hold what is wrong, and whether some Quartz may take it all the same."""

    words: str
    unsure: bool = False


class _Field(NamedTuple):
    """One row of the grammar; `lone` only fills a field alone, `most` is the most after its - or #."""

    name: str
    low: int
    high: int
    step: int
    names: tuple[str, ...] = ()
    note: str = ""
    lone: str = "(?!)"
    most: int = 0

    @property
    def range(self) -> str:
        return f"{self.low}-{self.high}" + (f" or {self.names[0]}-{self.names[-1]}" if self.names else "")


_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_END: Final = r"[A-Z]{3}|\d{1,4}"
_ENTRY: Final = re.compile(rf"(?:\*|(?P<first>{_END})(?:-(?P<last>{_END}))?)(?:/(?P<step>\d{{1,4}}))?")
_LAST_OR_NEAREST: Final = r"L(?:-(?P<count>\d{1,4}))?W?|(?P<value>\d{1,4})W"
_LAST_OR_NTH: Final = rf"L|(?P<value>{_END})(?:L|#(?P<count>\d{{1,4}}))"
_FIELDS: Final = (
    _Field("second", 0, 59, step=59),
    _Field("minute", 0, 59, step=59),
    _Field("hour", 0, 23, step=23),
    _Field("day-of-month", 1, 31, step=31, lone=_LAST_OR_NEAREST, most=30),
    _Field("month", 1, 12, step=12, names=_MONTHS),
    _Field("day-of-week", 1, 7, 7, _WEEKDAYS, " (Quartz counts SUN as 1)", lone=_LAST_OR_NTH, most=5),
    _Field("year", 1970, 2099, step=129),
)
_DAY, _MONTH, _WEEKDAY, _YEAR = _FIELDS[3:]
_LIMIT: Final = 4096
_YEAR_DIGITS: Final = 4
_HUGE: Final = re.compile(r"\d{5}")
_EXAMPLE: Final = "0 30 2 ? * MON-FRI"
_MACROS: Final = {"@HOURLY": "* * * ?", "@DAILY": "0 * * ?", "@WEEKLY": "0 ? * SUN", "@MONTHLY": "0 1 * ?"}


@lru_cache(maxsize=1024)
def assess(text: str, year: int | None = None) -> QuartzVerdict:
    """Judge a `scheduleBuildExpression`: one expression, or several split by `;` (FlexDeploy 5.6 and later).

    Each flaw names the field, the part, what is allowed or what to write; without any, every Quartz reads
    the text alike. Blank clears the schedule and is in order. With `year`, the current one, years
    before it count as never. Time is bounded. Vendor page: quartz-scheduler.org, CronTrigger tutorial.
    """
    unfit = _unfit(text)
    if unfit or not text.strip():
        return QuartzVerdict((unfit,) if unfit else ())
    parts = [part.upper().split() for part in text.split(";")]
    flaws = [*_numbered(parts, _flaws if any(parts) else _lacks)]
    if not flaws:
        return QuartzVerdict(
            warnings=tuple(flaw.words for flaw in _numbered(parts, lambda part: _never(part, year)))
        )
    return QuartzVerdict(
        tuple(flaw.words for flaw in flaws if not flaw.unsure),
        tuple(flaw.words for flaw in flaws if flaw.unsure),
    )


@lru_cache(maxsize=1024)
def normal(text: str) -> str:
    """The form in which two texts are compared: upper case, white space collapsed, "" for blank."""
    return ";".join(re.sub(r"[ \t\r\n]+", " ", part).strip(" ") for part in text.upper().split(";"))


def _unfit(text: str) -> str:
    found = re.search(r"[^\t -~]", text)
    if len(text) > _LIMIT:
        return f"{len(text)} characters: write at most {_LIMIT}"
    return f"character {found.start() + 1} is U+{ord(found[0]):04X}: write ASCII on one line" if found else ""


def _numbered(parts: list[list[str]], judge: Callable[[list[str]], Iterator[_Flaw]]) -> Iterator[_Flaw]:
    for number, part in enumerate(parts, 1):
        where = f"expression {number}: " if len(parts) > 1 else ""
        yield from (flaw._replace(words=where + flaw.words) for flaw in judge(part))


def _lacks(expression: list[str]) -> Iterator[_Flaw]:
    words = f"empty expression beside a `;`: remove that `;`, or write one such as `{_EXAMPLE}`"
    yield _Flaw(words, unsure=False)


def _flaws(expression: list[str]) -> Iterator[_Flaw]:
    match expression:
        case []:
            yield from (flaw._replace(unsure=True) for flaw in _lacks(expression))
        case [macro, *_] if macro.startswith("@"):
            yield _Flaw(
                f"{macro.lower():.40} is not Quartz: write `0 0 {_MACROS.get(macro, '2 ? * MON-FRI')}`"
            )
        case [_, _, _, _, _]:
            yield _Flaw(f"5 fields: Quartz starts with seconds: `{_with_seconds(*expression)}`")
        case [_, _, _, day, _, weekday, *years] if len(years) <= 1:
            yield from _field_flaws(expression)
            if [day, weekday].count("?") != 1:
                yield _Flaw("write exactly one of day-of-month and day-of-week as ?")
        case _:
            yield _Flaw(f"not 6 fields, or 7 with a year, but {len(expression)}: write such as `{_EXAMPLE}`")


def _with_seconds(minute: str, hour: str, day: str, month: str, weekday: str) -> str:
    guess = f"0 {minute} {hour} " + (f"{day} {month} ?" if weekday == "*" else f"? {month} {weekday}")
    lost = "*" not in (day, weekday) or re.search(r"[\d?]", weekday)
    return _EXAMPLE if lost or any(_flaws(guess.split())) else guess


def _field_flaws(expression: list[str]) -> Iterator[_Flaw]:
    """Yield one flaw of each field that has any: what no Quartz takes comes before what one may take."""
    for field, text in zip(_FIELDS, expression, strict=False):
        found = (
            [] if text == "?" and field in (_DAY, _WEEKDAY) else sorted(_complaints(field, text), key=_sure)
        )
        yield from (flaw._replace(words=f"{field.name}: {flaw.words}") for flaw in found[:1])


def _sure(flaw: _Flaw) -> bool:
    return flaw.unsure


def _complaints(field: _Field, text: str) -> Iterator[_Flaw]:
    lone, entries = re.fullmatch(field.lone, text), text.split(",")
    if lone:
        yield from _outside(field, lone["value"])
        most = field.most - 3 if text.endswith("W") else field.most  # Quartz may never return from L-28W
        if lone["count"] and not 1 <= int(lone["count"]) <= most:
            yield _Flaw(f"{lone['count']} in {text} is not 1-{most}")
        return
    if "*" in entries and len(entries) > 1:
        words = "* in a list already means every value: write * alone, or leave it out"
        yield _Flaw(words, unsure=True)
    for entry in entries:
        found = _ENTRY.fullmatch(entry)
        yield from _entry_complaints(field, found) if found else [_unread(field, entry)]


def _entry_complaints(field: _Field, found: re.Match[str]) -> Iterator[_Flaw]:
    entry, first, last, step = found.group(0, 1, 2, 3)
    yield from _outside(field, first, last)
    if last and first.isdigit() != last.isdigit():
        yield _Flaw(f"{entry} mixes a number and a name: write both ends in one way")
    if last and field is _YEAR and first > last:
        yield _Flaw(f"{entry} runs backwards: write {last}-{first}")
    if step and first and not first.isdigit():
        words = f"{entry}: Quartz ignores a step after a name: write numbers ({field.low}-{field.high})"
        yield _Flaw(words, unsure=True)
    if step and not 1 <= int(step) <= field.step:
        yield _Flaw(f"step {step} in {entry} is not 1-{field.step}", not int(step) or field is _YEAR)


def _outside(field: _Field, *ends: str | None) -> Iterator[_Flaw]:
    for end in filter(None, ends):
        if not (field.low <= int(end) <= field.high if end.isdigit() else end in field.names):
            yield _Flaw(
                f"{end} is not {field.range}{field.note}", field is _YEAR and len(end) == _YEAR_DIGITS
            )


def _unread(field: _Field, entry: str) -> _Flaw:
    if re.fullmatch(field.lone, entry):
        words = f"{entry} stands alone in its field: write a second expression after a `;`"
        return _Flaw(words, unsure=True)
    if not entry:
        words = f"nothing beside a comma: remove that comma, or write {field.range}"
        return _Flaw(words, unsure=True)
    forms = f"*, {field.high}, {field.range.split()[-1]}, */2 or {field.low}/2, or several with commas"
    return _Flaw(f"{entry:.40} is not {field.range}{field.note}: write {forms}", _may_be_read(field, entry))


def _may_be_read(field: _Field, entry: str) -> bool:
    """Tell whether an entry of another form begins and ends as those of some Quartz do."""
    begins = entry[0] not in "-#" and (not entry[0].isalpha() or entry[0] == "L" or entry[:3] in field.names)
    return begins and entry[-1] not in "-/#" and "?" not in entry and not _HUGE.search(entry)


def _never(expression: list[str], year: int | None) -> Iterator[_Flaw]:
    _, _, _, day, month, weekday, *years = expression
    ahead = [one for one in _values(_YEAR, *years) if year is None or one >= year]
    months, shortest = _values(_MONTH, month), _shortest(day)
    if not ahead:
        yield _Flaw(f"year {''.join(years) or '*':.40} is past: never fires again")
    elif not any(_fires(shortest, weekday, *monthrange(y, m)) for y in ahead for m in months):
        yield _Flaw(f"no day matches `{' '.join(expression[3:]):.40}`: never fires, as Quartz documents it")


def _shortest(day: str) -> int:
    lone = re.fullmatch(_DAY.lone, day)
    if lone:
        return max(int(lone["value"] or 1), int(lone["count"] or 0) + 1)
    return min(_values(_DAY, day.replace("?", "*")))


def _fires(shortest: int, weekday: str, first: int, length: int) -> bool:
    if weekday.endswith("#5"):
        return 29 + (_number(_WEEKDAY, weekday.removesuffix("#5")) - 2 - first) % 7 <= length
    return shortest <= length


def _values(field: _Field, text: str = "*") -> set[int]:
    return {one for found in _ENTRY.finditer(text) for one in _spread(field, *found.groups())}


def values_of(name: str, text: str) -> tuple[int, ...]:
    """Return the values that a field of an expression in order has, such as those of "hour", in order."""
    field = next(field for field in _FIELDS if field.name == name)
    return tuple(sorted(_values(field, text)))


def _spread(field: _Field, first: str | None, last: str | None, step: str | None) -> Iterator[int]:
    start = _number(field, first) if first else field.low
    stop = _number(field, last) if last else (field.high if step or not first else start)
    size = field.high - field.low + 1
    for one in range(start, stop + size * (stop < start) + 1, int(step or 1)):
        yield (one - field.low) % size + field.low


def _number(field: _Field, end: str) -> int:
    return int(end) if end.isdigit() else field.names.index(end) + field.low
