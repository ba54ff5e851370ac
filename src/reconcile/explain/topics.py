"""Makes the pages of what is no kind: files and their parts, problem codes, exit codes, variables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib.resources import files
from textwrap import fill, wrap
from typing import Any, get_args

from reconcile.explain.kind_pages import WIDTH
from reconcile.fields.annotations import Doc
from reconcile.fields.attributes import attributes
from reconcile.fields.validated import Exact
from reconcile.manifests.envelope_schema import Metadata
from reconcile.model import Json
from reconcile.project import FILE
from reconcile.project.auth import AUTH_PARTS
from reconcile.project.file import ProjectFile
from reconcile.provider.kinds import Catalogue

Topics = Mapping[str, Callable[[], str]]
"""What makes the page of each topic, by its name."""


TypeFacts = Callable[[], Sequence[Mapping[str, Json]]]
"""Says what there is to know of each type that an installed package adds."""


def topics(catalogue: Catalogue, added: TypeFacts = lambda: ()) -> Topics:
    """Return every topic beside the kinds, in the order in which they are listed, problem codes last."""
    auth = partial(_auth, catalogue, added)
    options = partial(_options, catalogue, added)
    words = _json("words")
    return {
        **dict(_parts(FILE, ProjectFile)),
        **dict(_parts("metadata", Metadata)),
        **{name: partial(table, name, each["about"], each["rows"]) for name, each in words.items()},
        f"{FILE}.systems.auth": auth,
        f"{FILE}.systems.options": options,
        "auth": auth,
        "options": options,
        "codes": partial(table, "codes", "What a problem is, by the code behind it.", codes()),
        **{code: partial(table, code, about, {}) for code, about in codes().items()},
    }


def codes() -> Mapping[str, str]:
    """Return every problem code with what it means and what to do."""
    return _json("codes")


def table(title: str, about: str, rows: Mapping[str, str]) -> str:
    """Return a page: a title, what it is about, and a line or more for each row."""
    lines = [title, "", fill(about, WIDTH)]
    if rows:
        width = min(max(map(len, rows)), 34) + 2
        lines.append("")
        for name, words in rows.items():
            lines += _row(name, words, width)
    return "\n".join(lines)


def _row(name: str, words: str, width: int) -> Iterator[str]:
    first, *rest = wrap(words, WIDTH - width - 2) or [""]
    if len(name) < width:
        yield f"  {name:<{width}}{first}".rstrip()
    else:
        yield f"  {name}"
        yield f"  {'':<{width}}{first}"
    yield from (f"  {'':<{width}}{line}" for line in rest)


def _json(name: str) -> dict[str, Any]:
    text = files("reconcile.explain").joinpath(f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _parts(name: str, model: type[Exact], about: str = "") -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield the page of a part of a file, and those of the parts in it."""
    fields = {info.alias or field: info for field, info in model.model_fields.items()}
    rows = {field: _said(info) for field, info in fields.items()}
    yield name, partial(table, name, about or (model.__doc__ or ""), rows)
    for field, info in fields.items():
        inner = _model_in(info.annotation)
        if inner is not None:
            yield from _parts(f"{name}.{field}", inner, _said(info))
        else:
            yield f"{name}.{field}", partial(table, f"{name}.{field}", _said(info), {})


def _said(info: Any) -> str:
    """Return what is known of a model's field."""
    default = f" Default {info.default}." if isinstance(info.default, int) and info.default else ""
    return f"{info.description or ''}{' Required.' if info.is_required() else default}".strip()


def _model_in(annotation: Any) -> type[Exact] | None:
    if isinstance(annotation, type) and issubclass(annotation, Exact):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _auth(catalogue: Catalogue, added: TypeFacts) -> str:
    names = {system.type: [scheme.name for scheme in system.auth] for system in catalogue.values()}
    names |= {each["type"]: each["auth"] for each in added()}
    rows = {type_: "; ".join(map(_spelled, schemes)) for type_, schemes in names.items()}
    about = "How a system authenticates, one way of its type; SECRET is {env: NAME} or {file: PATH}."
    return table("auth", about, rows)


def _spelled(scheme: str) -> str:
    parts = AUTH_PARTS.get(scheme)
    return f"{scheme}: " + (f"{{{', '.join(f'{part}: SECRET' for part in parts)}}}" if parts else "SECRET")


def _options(catalogue: Catalogue, added: TypeFacts) -> str:
    rows = {
        f"{system.type}: {name}": (attribute.mark(Doc) or Doc("", "", None)).description
        for system in catalogue.values()
        for name, attribute in attributes(system.options).items()
    }
    rows |= {f"{each['type']}: {name}": words for each in added() for name, words in each["options"].items()}
    return table("options", "What differs from one server to the next, by the type of system.", rows)
