"""Makes the pydantic model that a field table is, for whoever validates or describes by it; what a flaw is
called is left to `check`.
"""

from __future__ import annotations

import warnings
from functools import reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, create_model

from reconcile.fields.annotations import Doc, Fields
from reconcile.fields.attributes import Attribute, attributes, once


class Exact(BaseModel):
    """Require exact types and no unknown keys, and repeat nothing in errors."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        defer_build=True,  # most runs validate a few of the models
    )


@once
def model_of(table: type[Fields] | type[Exact]) -> type[BaseModel]:
    """Return the model of a field table; a model is its own."""
    if issubclass(table, Exact):
        return table
    given: dict[str, Any] = {
        name: (_annotated(field), field.default) for name, field in attributes(table).items()
    }
    about: dict[str, Any] = {"__doc__": table.__doc__, "__module__": table.__module__}
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", ".* shadows an attribute in parent", UserWarning
        )  # such as `schema`
        return create_model(table.__name__, __base__=Exact, **about, **given)


def _annotated(field: Attribute) -> Any:
    type_, beside = _typed(field.annotation), (*map(_said, field.marks),)
    return Annotated[(type_, *beside)] if beside else type_


def _said(mark: Any) -> Any:
    """Return a mark as pydantic takes it."""
    if not isinstance(mark, Doc):
        return mark
    vendor, description, example = mark
    return Field(description=description, examples=[example], json_schema_extra={"vendorType": vendor})


def _typed(type_: Any) -> Any:
    """Return a type with each field table in it as its model."""
    if isinstance(type_, type) and issubclass(type_, Fields):
        return model_of(type_)
    inner = tuple(map(_typed, get_args(type_)))
    if inner == get_args(type_):
        return type_
    return reduce(or_, inner) if isinstance(type_, UnionType) else get_origin(type_)[inner]
