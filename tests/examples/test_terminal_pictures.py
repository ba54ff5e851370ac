"""The pictures of a terminal in docs show what one is sent: at 80 and 200 columns, light and dark."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests.examples.examples import ROOT
from tests.examples.test_first_screen import STAGING, Screen, on_call, reviewer
from tests.support.terminal_pictures import THEMES, picture
from tests.support.terminals import seen

from reconcile_sandbox import Sandbox

COMMIT = "c3ae362".ljust(40, "0")


SCREENS = {"plan": reviewer, "drift": on_call}


@pytest.mark.parametrize("name", SCREENS)
def test_a_picture_is_of_what_the_terminal_is_sent(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    document = SCREENS[name](Screen(sandbox, tmp_path), "-o", "json")
    (tmp_path / "kept.json").write_text(re.sub(r'(?<="base": ")[0-9a-f]{40}(?=")', COMMIT, document))
    for columns in (80, 200):
        typed = f"$ reconcile {name} {' '.join(STAGING)}\n"
        shown = typed + seen(tmp_path, columns, "show", "kept.json")
        for theme, colours in THEMES.items():
            file = ROOT / f"docs/terminal-{name}-{columns}-{theme}.svg"
            drawn = picture(shown, columns, colours)
            if os.environ.get("UPDATE"):
                file.write_text(drawn, "utf-8")
            assert file.read_text("utf-8") == drawn, "UPDATE=1 takes the new one"
