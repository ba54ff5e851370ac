"""Normal forms: which spellings are one value, that a form of a form is itself, and that none ever raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.lamps import LAMP

from reconcile.fields import forms
from reconcile.fields.attributes import attributes
from reconcile.model import Address, Ref, Secret
from reconcile.systems.flexdeploy.fields import Release
from reconcile.systems.flexdeploy.release import RELEASE

FORMS = [
    forms.integer,
    forms.text,
    forms.boolean,
    forms.enumerated,
    forms.instant,
    forms.blank,
    forms.whole,
    forms.unordered,
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(["", " 12 ", "+3", "True", "false", "NOT STARTED", "2026-12-01T09:00:00Z", "1e5"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
ROWS = [*LAMP.table.rows.values(), *RELEASE.table.rows.values()]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_form_of_a_form_is_itself_and_none_raises(form: Callable[[Any], Any]) -> None:
    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(VALUES)
    def holds(value: Any) -> None:
        assert form(form(value)) == form(value)

    holds()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_form_of_every_field_is_idempotent(row: Any) -> None:
    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(VALUES)
    def holds(value: Any) -> None:
        assert row.form(row.form(value)) == row.form(value)

    holds()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
@pytest.mark.parametrize("late", [Ref(Address("a", "B", "c")), Secret("canary")], ids=["reference", "secret"])
def test_a_late_value_passes_every_form_and_stays_late(form: Callable[[Any], Any], late: Any) -> None:
    for value in (late, [late], {"x": late}):
        assert form(form(value)) == form(value)
        assert form(value) != form(None)
        assert "canary" not in repr(form(value))


@pytest.mark.parametrize(
    ("form", "alike"),
    [
        (forms.integer, [12, "12", "012", " 12", "+12"]),
        (forms.integer, [None, ""]),
        (forms.text, ["3", 3]),
        (forms.text, ["true", True]),
        (forms.text, [None, ""]),
        (forms.boolean, [True, "true", "TRUE"]),
        (forms.boolean, [None, ""]),
        (forms.enumerated, ["NOTSTARTED", "Not started", "NOT_STARTED", " notstarted "]),
        (forms.enumerated, [None, "", " "]),
        (forms.instant, ["2026-12-01T09:00:00Z", "2026-12-01T10:00:00+01:00", "2026-12-01T03:00:00-0600"]),
        (forms.instant, ["2026-12-01T09:00:00z", "2026-12-01T09:00:00.500Z"]),
        (forms.blank, [None, "", [], {}]),
        (forms.whole, [{"a": 1, "b": [1, 2]}, {"b": [1, 2], "a": 1}]),
        (forms.unordered, [["a", "b"], ["b", "a"]]),
        (forms.unordered, [[{"x": 1, "y": 2}, 3], [3, {"y": 2, "x": 1}]]),
    ],
)
def test_spellings_of_one_value_have_one_form(form: Callable[[Any], Any], alike: list[Any]) -> None:
    assert len({repr(form(value)) for value in alike}) == 1


@pytest.mark.parametrize(
    ("form", "one", "other"),
    [
        (forms.integer, 1, "one"),
        (forms.integer, 0, None),
        (forms.text, "1.10", 1.1),
        (forms.text, "a", "A"),
        (forms.boolean, False, None),
        (forms.boolean, False, ""),
        (forms.blank, False, None),
        (forms.blank, 0, None),
        (forms.instant, "2026-12-01T09:00:00", "2026-12-01T09:00:00Z"),
        (forms.instant, "2026-13-01T09:00:00Z", "2026-12-01T09:00:00Z"),
        (forms.unordered, ["a"], ["a", "a"]),
        (forms.whole, [1, 2], [2, 1]),
        (forms.whole, {"a": 1}, {"a": "1"}),
    ],
)
def test_different_values_have_different_forms(form: Callable[[Any], Any], one: Any, other: Any) -> None:
    assert form(one) != form(other)


def test_a_schedule_is_compared_in_upper_case_and_without_its_spaces() -> None:
    form = RELEASE.table.rows["scheduleBuildExpression"].form
    assert form("0 0  2 ? * mon-fri ") == form("0 0 2 ? * MON-FRI")
    assert form("0 0 2 * * ?; 0 0 3 * * ?") == form("0 0 2 * * ?;0 0 3 * * ?")
    assert form("") is form(None) is None
    assert form("0 0 2 * * ?") != form("0 0 3 * * ?")


def test_the_kinds_table_is_the_model() -> None:
    assert list(RELEASE.table.rows) == list(attributes(Release))
