"""The pages of docs/reference say what the tables behind `explain` and `--help` say."""

from __future__ import annotations

import pytest
from tests.pages.reference import FOLDER, every_page

PAGES = every_page()


def test_there_is_a_page_for_each_table_and_no_other() -> None:
    assert sorted(path.name for path in FOLDER.glob("*.md")) == sorted(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_its_tables_say(name: str) -> None:
    """Where this fails: python -m tests.pages.reference."""
    assert (FOLDER / name).read_text("utf-8") == PAGES[name]
