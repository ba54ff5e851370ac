"""The first screen of an author, a reviewer and whoever is on call: what docs/first-screen.md shows is so."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.examples.examples import ROOT, WRITTEN, copied, environment_of
from tests.integration.tool import run
from tests.support.history import History

from reconcile_sandbox import Sandbox

DOC = ROOT / "docs/first-screen.md"
BASE = "reconcile/staging"
STAGING = ("--env", "staging", "--base", BASE)
DOWN = "http://127.0.0.1:1"
MOST = 20
"""Lines of a screen, its empty ones and those of a long row among them."""


class Screen:
    """The release train as it is deployed in staging, its commit tagged, and what is then done around it."""

    def __init__(self, sandbox: Sandbox, to: Path) -> None:
        self.sandbox, self.folder = sandbox, copied("release-train", sandbox, to)
        self.environment = environment_of("release-train")
        (self.folder / ".gitignore").write_text(".reconcile/\n")
        self.history = History(self.folder)
        self.run("apply", "--env", "staging", "--yes")
        self.history.commit(BASE)

    def run(self, *words: str) -> str:
        """What a command prints, with the words of the example in the place of those of this run."""
        out = run("-C", str(self.folder), *words, environment=self.environment).out
        out = out.replace(self.sandbox.url, WRITTEN)
        return re.sub(r"(?<=\()[0-9a-f]{7}(?=\))", "c3ae362", out)

    def edit(self, file: str, before: str, after: str) -> None:
        path = self.folder / file
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after), "utf-8")

    def by_hand(self, description: str) -> None:
        """Somebody changes the release past the manifests."""
        with self.sandbox.editing() as state:
            (train,) = (row for row in state["flexdeploy"]["releases"] if "Spring" in row["releaseName"])
            train["description"] = description


def author(screen: Screen, *how: str) -> str:
    screen.edit(
        "manifests/flexdeploy.yaml", "All that leaves in spring.", "Everything that leaves in spring."
    )
    return screen.run("plan", *STAGING, *how)


def reviewer(screen: Screen, *how: str) -> str:
    screen.by_hand("Ask Jo before you touch this")
    return author(screen, *how)


def on_call(screen: Screen, *how: str) -> str:
    screen.by_hand("Ask Jo before you touch this")
    url = f"{screen.sandbox.url}\n    options: {{projectId"
    screen.edit("reconcile.yaml", url, url.replace(screen.sandbox.url, DOWN))
    screen.history.git("commit", "--quiet", "--all", "--message", "Katalon has moved")
    screen.history.git("tag", "--force", BASE)
    return screen.run("drift", *STAGING, "--retries", "0", *how)


PERSONAS = {"author": author, "reviewer": reviewer, "on-call": on_call}
SHOWN = {
    "author": ("~ flexdeploy/Release/spring-train", "change    manifests/flexdeploy.yaml:10", "1 to change"),
    "reviewer": (
        "conflict  manifests/flexdeploy.yaml:10",
        "keep it: ",
        "Apply would refuse ",
        "agree on a value",
    ),
    "on-call": (
        'live "Ask Jo before you touch this", wanted "All that leaves in spring."',
        "x katalon  ",
        "not read: katalon: ",
        "Next: `reconcile apply --env staging --base reconcile/staging --only drift` puts back",
        "`reconcile doctor --env staging` looks at what was not read (katalon)",
        "Drift: 1 object differs (1 drift, 0 conflict), 0 known, 0 blocked, ",
    ),
}


@pytest.mark.parametrize("persona", PERSONAS)
def test_a_screen_says_where_what_whose_what_was_not_read_and_what_to_type_next(
    sandbox: Sandbox, tmp_path: Path, persona: str
) -> None:
    shown = _screen(sandbox, tmp_path, PERSONAS[persona])
    assert shown.startswith(f"staging · flexdeploy {WRITTEN}, katalon ")
    assert f" · base {BASE} (c3ae362)\n" in shown
    for words in SHOWN[persona]:
        assert words in shown
    assert len(shown.splitlines()) <= MOST


@pytest.mark.parametrize("persona", PERSONAS)
def test_the_documentation_shows_it_to_the_letter(sandbox: Sandbox, tmp_path: Path, persona: str) -> None:
    shown = f"<!-- {persona} -->\n```\n{_screen(sandbox, tmp_path, PERSONAS[persona])}```\n"
    text = DOC.read_text("utf-8")
    if os.environ.get("UPDATE"):
        text = re.sub(rf"<!-- {persona} -->\n```\n.*?```\n", lambda _: shown, text, flags=re.DOTALL)
        DOC.write_text(text, "utf-8")
    assert shown in text, "UPDATE=1 takes the new one"


def _screen(sandbox: Sandbox, to: Path, play: Callable[[Screen], str]) -> str:
    return play(Screen(sandbox, to))
