"""What `reconcile.provider` offers is kept by version: a name or signature changes with a new `API` alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.provider_surface import FILE, frozen, surface

from reconcile import provider

PAGE = (Path(__file__).parents[2] / "docs/providers.md").read_text("utf-8")


def test_nothing_that_this_version_promised_is_gone_or_otherwise() -> None:
    broken = [line for line in frozen() if line not in surface()]
    assert not broken, (
        "raise reconcile.provider.API, say in docs/providers.md what changed, and begin a new file"
    )


def test_what_is_new_is_promised_from_now_on() -> None:
    new = [line for line in surface() if line not in frozen()]
    assert not new, "python -m tests.support.provider_surface"


def test_each_version_has_a_file_of_its_promises() -> None:
    assert FILE.name == f"provider-{provider.API}.txt"
    assert len(frozen()) > 300


@pytest.mark.parametrize("line", ["class Kind", "API = 1", "Live[0] id: Json", "check(system: 'System')"])
def test_names_fields_and_signatures_are_among_them(line: str) -> None:
    assert any(each.startswith(line) for each in frozen())


@pytest.mark.parametrize("name", [*provider.__all__])
def test_every_name_is_documented(name: str) -> None:
    assert f"`{name}`" in PAGE or f"`{name}(" in PAGE
