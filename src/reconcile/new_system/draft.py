"""Holds what is drafted of a package: a system, its kind, its tables and routes, as source texts."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping

from reconcile.errors import WrongUsage
from reconcile.model import EMPTY, Json
from reconcile.named_tuple import NamedTuple
from reconcile.provider import __all__ as DOOR
from reconcile.systems import BUILT_IN

_WORDS = re.compile(r"[A-Za-z][a-z0-9]*|[0-9]+")
_TAKEN = frozenset({"server_own", "None", "self"})
_OF_MODELS = ("model_config", "model_dump", "model_validate")
"""What no field begins with: what checks manifests calls its own parts so."""

_MEANT = frozenset((*DOOR, *dir(builtins), "Annotated", "Any", "Literal"))
"""The names that mean something in a module of a package, so that no table is called so."""

_CONSTANTS = frozenset({"REST", "PROBE", "SYSTEM"})


class FieldDraft(NamedTuple):
    """Hold one row of a table."""

    name: str
    type: str
    """The Python type, as source."""
    vendor: str
    words: str
    example: Json
    required: bool = False
    marks: tuple[str, ...] = ()


class TableDraft(NamedTuple):
    """Hold one field table."""

    name: str
    words: str
    fields: tuple[FieldDraft, ...]
    server_own: tuple[str, ...] = ()
    left_out: Mapping[str, str] = EMPTY
    """What the description has and no table can hold, or nobody could compare, with the reason."""


class KindDraft(NamedTuple):
    """Hold a kind: its tables, the last of which is its own, and its routes as arguments of `Rest`."""

    name: str
    words: str
    tables: tuple[TableDraft, ...]
    rest: Mapping[str, str]
    probe: str

    @property
    def module(self) -> str:
        """Return the name of the module that it stands in."""
        words = _in_small_words(self.name)
        return f"{words}_kind" if keyword.iskeyword(words) else words

    @property
    def constant(self) -> str:
        """Return the name that it has there."""
        name = _in_small_words(self.name).upper()
        return f"{name}_KIND" if name in _CONSTANTS else name

    @property
    def table(self) -> TableDraft:
        """Return the table of the kind itself."""
        return self.tables[-1]


class SystemDraft(NamedTuple):
    """Hold a type of system with its one kind."""

    type: str
    title: str
    auth: tuple[str, ...]
    """The ways to authenticate, as source."""
    kind: KindDraft
    url: str = "https://host.example.com"

    @property
    def module(self) -> str:
        """Return the name of the package's module."""
        return f"reconcile_{self.type.replace('-', '_')}"

    @property
    def distribution(self) -> str:
        """Return the name under which the package is installed."""
        return f"reconcile-{self.type.replace('_', '-')}"


_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")


def checked_name(name: str) -> str:
    """Return the name of a new type of system; WrongUsage where it is none, or is built in."""
    if name in BUILT_IN:
        raise WrongUsage(f"`{name}` is built in: NAME is another type of system")
    if not _NAME.fullmatch(name):
        words = "NAME is a word of small letters and digits such as `tracker`"
        raise WrongUsage(f"{words}; this is `{name[:60]}`")
    return name


def a_thing(type_: str) -> SystemDraft:
    """Return a system of which nothing is known: one kind with a field of each common shape."""
    table = TableDraft(
        "Thing",
        "A thing.",
        (
            FieldDraft("name", "str", "string", "Its name.", "first", required=True, marks=("FromName()",)),
            FieldDraft("description", "str", "string", "What it is.", "The first one."),
            FieldDraft("enabled", "bool", "boolean", "Whether it is on.", True, marks=("Default(False)",)),
            FieldDraft("size", "int", "integer", "How large it is.", 3),
        ),
    )
    routes = {
        "id": '"id"',
        "name": '"name"',
        "list": 'Route("GET /things")',
        "get": 'Route("GET /things/{id}")',
        "create": 'Route("POST /things")',
        "update": 'Route("PATCH /things/{id}")',
        "delete": 'Route("DELETE /things/{id}")',
        "pages": "ByOffset()",
    }
    kind = KindDraft("Thing", "A thing.", (table,), routes, 'Route("GET /things")')
    return SystemDraft(type_, title_of(type_), ('AuthScheme("bearer")',), kind)


def title_of(text: str) -> str:
    """Return a name in words that begin with capitals."""
    return " ".join(word.capitalize() for word in _WORDS.findall(text)) or text


def class_name(text: str) -> str:
    """Return the name of a class: `WorkPool` for `work_pools` in the singular."""
    words = [word[:1].upper() + word[1:] for word in _WORDS.findall(text)]
    name = "".join([*words[:-1], singular(words[-1])]) if words else "Thing"
    return f"The{name}" if keyword.iskeyword(name) or name in _TAKEN or name[0].isdigit() else name


def table_name(text: str) -> str:
    """Return the name of a table's class, which is none that a module of a package needs for something."""
    name = class_name(text)
    return f"{name}Fields" if name in _MEANT else name


def _in_small_words(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def singular(word: str) -> str:
    """Return a word without the ending of its plural, as far as a rule tells."""
    for ending, instead in (
        ("ies", "y"),
        ("sses", "ss"),
        ("uses", "us"),
        ("xes", "x"),
        ("ches", "ch"),
        ("shes", "sh"),
    ):
        if word.lower().endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + instead
    return word[:-1] if word.lower().endswith("s") and not word.lower().endswith(("ss", "us", "is")) else word


def can_be_a_field(name: str) -> bool:
    """Tell whether a table can have a field of that name: it stands in Python as an attribute."""
    return (
        name.isidentifier()
        and name.isascii()
        and not keyword.iskeyword(name)
        and not (name.startswith(("_", *_OF_MODELS)) or name in _TAKEN)
    )
