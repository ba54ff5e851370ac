"""A plan of what changed says of it what the plan of all says, and nothing that changed is left out."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, assume, example, given, note, settings

from reconcile.cleaning import Cleaner
from reconcile.errors import ProblemsFound
from reconcile.laws.hand import as_it_is
from reconcile.planfile.json_form import to_json
from reconcile.session.plan import plan_document
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import begin

from .bench import Bench, Shown
from .estates import HERE, Drawn, Fields, another_target, drawn, selected_of

EXAMPLES = 100
AT_LEAST = 0.02
PARTS = ("operations", "blocked", "finished", "unverified", "known", "not_read")


@dataclass
class Comparison:
    """One project folder and one base beside it, for all examples."""

    bench: Bench
    seen: Counter[str] = field(default_factory=Counter)

    def plan(self, *, changed: bool) -> Fields:
        """The plan against the base, of all or of what changed, with how many requests it took."""
        options = RunOptions(
            self.bench.folder / "now", HERE, base=str(self.base), changed=changed, prune=True, caches=False
        )
        client = Shown(self.bench.client, as_it_is)
        around = Surroundings(
            {"DEMO": "demo"}, Cleaner(), connect=lambda kind, endpoints, settings: cast(Any, client)
        )
        self.bench.sandbox.clear_log()
        said: Fields = to_json(plan_document(begin(options, around)))
        return said | {"requests": len(self.bench.sandbox.log)}

    @property
    def base(self) -> Path:
        return self.bench.folder / "base"

    def set_up(self, example: Drawn) -> None:
        self.bench.start(example.state)
        example.base.write(self.base, self.bench.sandbox.url)
        example.now.write(self.bench.folder / "now", self.bench.sandbox.url)

    def holds(self, example: Drawn) -> None:
        """Holds both plans of one example against each other, and against the contract's words."""
        self.set_up(example)
        try:
            whole = self.plan(changed=False)
        except ProblemsFound:
            self.seen["invalid"] += 1
            assume(False)
        part = self.plan(changed=True)
        declared, chosen = {*example.now.here}, {*part["selected"]}
        note(f"selected {sorted(chosen)}, asked {sorted(example.asked)}")
        note(f"whole {whole}")
        note(f"part {part}")
        assert example.asked <= chosen <= declared
        assert self._is_needed(example, chosen - example.asked, whole)
        assert part["summary"]["not_compared"] == len(declared - chosen)
        for name in PARTS:
            assert [*selected_of(part, name, chosen)] == [*selected_of(whole, name, chosen)], name
        assert {each["address"] for name in PARTS[:-1] for each in part[name]} <= chosen
        if not whole["not_read"]:  # of what only the base has nothing is known then
            assert part["dropped"] == whole["dropped"]
        assert part["unchanged"] == [at for at in whole["unchanged"] if at in chosen]
        if chosen == example.asked:  # else it was read again, with what is compared beyond that
            assert part["requests"] <= whole["requests"]
        self._count(example, part, chosen)

    @staticmethod
    def _is_needed(example: Drawn, more: set[str], whole: Fields) -> bool:
        """Whether what is compared beyond what was asked is what no operation here could go without.

        It is made before what refers to it, or it is a live object that two manifests claim.
        """
        made = {each["address"] for each in whole["operations"] if each["action"] == "create"}
        claims = {at for at, unit in example.now.here.items() if "Release/" in at}
        return all(at in made or at in claims or "Project/" in at for at in more)

    def _count(self, example: Drawn, part: Fields, chosen: set[str]) -> None:
        self.seen["examples"] += 1
        self.seen["operations"] += bool(part["operations"])
        self.seen["dropped"] += bool(part["dropped"])
        self.seen["left out"] += bool(part["summary"]["not_compared"])
        self.seen["nothing"] += not chosen
        self.seen["more"] += bool(chosen - example.asked)


def test_a_plan_of_what_changed_is_that_part_of_the_whole_plan(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    comparison = Comparison(bench)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    @example(another_target())
    @given(drawn())
    def holds(example: Drawn) -> None:
        comparison.holds(example)

    holds()
    seen = comparison.seen
    shares = {what: seen[what] / seen["examples"] for what in seen if what != "examples"}
    told = ", ".join(f"{what} {share:.0%}" for what, share in shares.items())
    with capsys.disabled():
        print(f"\nchanged: {seen['examples']} examples: {told}", file=sys.stderr)  # noqa: T201
    assert min(shares.values()) >= AT_LEAST, told
