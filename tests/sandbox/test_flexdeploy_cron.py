"""Which expressions FlexDeploy's schedule takes, beside the verdicts of Quartz itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconcile_sandbox.flexdeploy.cron import cron_problem

ORACLE = Path(__file__).parents[1] / "data" / "quartz-oracle.tsv"


@pytest.mark.parametrize(
    "text",
    [
        "0 0 2 * * ?",
        "0 0 22-2 ? * MON-FRI",
        "0 15 10 L * ?",
        "0 15 10 LW * ?",
        "0 15 10 15W * ?",
        "0 0 2 L-3 * ?",
        "0 15 10 ? * FRI#2",
        "0 15 10 ? * 6L",
        "0 0/5 14,18 * * ? 2026-2028",
        "0 0 2 ? jan-mar mon",
        "0 0 0 31 2 ?",
    ],
)
def test_what_quartz_takes_is_taken(text: str) -> None:
    assert cron_problem(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "0 0 2 * * *",
        "0 2 * * *",
        "@daily",
        "0 0 24 * * ?",
        "0 0/90 * * * ?",
        "0 0 2 ? * 0",
        "0 0 2 ? * 8",
        "0 0 2 ? * ?",
        "60 0 2 * * ?",
        "0 0 2 32 * ?",
        "0 0 2 ? 13 MON",
        "0 0 2 ? JAN-3 MON",
        "",
        "0 0 2 1,L * ?",
    ],
)
def test_what_quartz_refuses_is_refused(text: str) -> None:
    assert cron_problem(text) is not None


def test_the_check_agrees_with_quartz_on_nearly_all_that_was_ever_tried() -> None:
    lines = ORACLE.read_text(encoding="utf-8").splitlines()
    verdicts = [line.split("\t", 1) for line in lines if not line.startswith("#")]
    wrong = [text for verdict, text in verdicts if (cron_problem(text) is None) != (verdict == "ok")]
    assert len(wrong) <= len(verdicts) * 0.025
