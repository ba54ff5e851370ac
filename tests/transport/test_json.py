"""The fast parser beside the standard library's: one meaning for every body, and the same refusals."""

from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from reconcile.transport.body import UnusableBody, json_of

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
NUMBERS = st.from_regex(r"-?[0-9]{1,400}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?", fullmatch=True)
REFUSED = object()


def read(body: bytes) -> object:
    try:
        return repr(json_of(body))
    except UnusableBody:
        return REFUSED


def by_the_library(body: bytes) -> object:
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=refused)
        spelled = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        return REFUSED
    return repr(value) if spelled else REFUSED


def refused(constant: str) -> None:
    raise ValueError(constant)


@given(VALUES, st.booleans(), st.sampled_from([None, 2]))
def test_what_the_library_writes_is_read_as_it_reads_it(
    value: object, ascii: bool, indent: int | None
) -> None:
    body = json.dumps(value, ensure_ascii=ascii, indent=indent).encode("utf-8", "surrogatepass")
    assert read(body) == by_the_library(body)


@given(VALUES, st.integers(0, 300), st.binary(max_size=3))
def test_a_body_that_was_damaged_is_refused_or_read_as_the_library_reads_it(
    value: object, at: int, damage: bytes
) -> None:
    body = json.dumps(value).encode()
    body = body[:at] + damage + body[at + 1 :]
    assert not body.strip() or read(body) == by_the_library(body)


@given(NUMBERS)
@example("1e999")
@example("-1e999")
@example("1" * 309 + ".0")
@example("1.7976931348623157e308")
def test_a_number_is_read_exactly_or_refused_where_it_is_too_large(digits: str) -> None:
    body = f'{{"a": [{digits}]}}'.encode()
    assert read(body) == by_the_library(body)
