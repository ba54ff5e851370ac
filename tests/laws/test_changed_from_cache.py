"""What is kept of files makes no difference to a plan of what changed, and none to what is wrong."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, note, settings
from tests.support.history import History

from reconcile.cleaning import Cleaner
from reconcile.errors import ProblemsFound
from reconcile.laws.hand import as_it_is
from reconcile.planfile.document import Document
from reconcile.session.plan import plan_document
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import begin

from .bench import Bench, Shown
from .estates import HERE, Drawn, drawn

EXAMPLES = 60
AT_LEAST = 0.3
AGAIN = 3
"""Runs one after the other: the first knows nothing, the second may do without what did not change."""


@dataclass
class Checkout:
    """A project in git, whose last commit but one is the base."""

    bench: Bench
    seen: Counter[str] = field(default_factory=Counter)

    def set_up(self, example: Drawn) -> None:
        self.bench.start(example.state)
        history = History(self.bench.folder)
        (self.bench.folder / ".gitignore").write_text(".reconcile/\n")
        example.base.write(self.bench.folder, self.bench.sandbox.url)
        history.commit()
        history.git("tag", "--force", "base")
        example.now.write(self.bench.folder, self.bench.sandbox.url)

    def plan(self, *, caches: bool) -> tuple[Document | None, tuple[str, ...]]:
        """The plan of what changed, or what is wrong."""
        options = RunOptions(self.bench.folder, HERE, base="base", changed=True, prune=True, caches=caches)
        client = Shown(self.bench.client, as_it_is)
        around = Surroundings(
            {"DEMO": "demo"}, Cleaner(), connect=lambda kind, endpoints, settings: cast(Any, client)
        )
        try:
            session = begin(options, around)
            self.seen["narrow"] += session.beyond is not None
            return plan_document(session), ()
        except ProblemsFound as error:
            return None, tuple(map(str, error.problems))

    def holds(self, example: Drawn) -> None:
        self.set_up(example)
        without = self.plan(caches=False)
        note(f"{without}")
        for _ in range(AGAIN):
            found = self.plan(caches=True)
            note(f"{found}")
            assert found == without
        self.seen["examples"] += 1
        self.seen["wrong"] += without[0] is None


def test_a_plan_of_what_changed_is_the_same_with_what_was_kept_and_without(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout = Checkout(bench)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(drawn().map(_without_parts))
    def holds(example: Drawn) -> None:
        checkout.holds(example)

    holds()
    seen = checkout.seen
    told = f"{seen['examples']} examples, {seen['narrow']} narrow runs, {seen['wrong']} wrong"
    with capsys.disabled():
        print(f"\nchanged from the cache: {told}", file=sys.stderr)  # noqa: T201
    assert seen["narrow"] >= AT_LEAST * seen["examples"], told


def _without_parts(example: Drawn) -> Drawn:
    """The example less what joins others, of which all is always loaded, in every second one."""
    if sum(unit.number for unit in example.now.units) % 2:
        return example
    base, now = (
        replace(side, units=tuple(unit for unit in side.units if unit.kind != "Project"))
        for side in (example.base, example.now)
    )
    return replace(example, base=base, now=now)
