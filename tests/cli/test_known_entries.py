"""`metadata.known` at the command line with `--base`: new entries stand first, and time unlocks nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.support.commands import Tool
from tests.support.history import History
from tests.support.http import Wire
from tests.support.projects import release


def day(ahead: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=ahead)).isoformat()


def entry(path: str, live: str, until: str) -> str:
    return f"{{path: {path}, live: {live}, reason: INC-1, until: {until}}}"


def written(project: Path, *entries: str) -> None:
    spec = "{description: ours, scheduleBuildExpression: 0 0 2 ? * MON-FRI}"
    metadata = f"known: [{', '.join(entries)}]"
    (project / "manifests/train.yaml").write_text(release("train", spec, metadata=metadata), encoding="utf-8")


@pytest.fixture
def history(project: Path, wire: Wire) -> History:
    """The project at a commit that knows of one difference, both of which are live."""
    written(project, entry("description", "by hand", day(9)))
    wire.releases.rows[12101].update(description="by hand", scheduleBuildExpression="0 0 4 ? * SUN")
    made = History(project)
    made.commit("deployed")
    return made


def test_what_is_newly_known_stands_first(history: History, tool: Tool) -> None:
    known = entry("description", "by hand", day(9)), entry("scheduleBuildExpression", "0 0 4 ? * SUN", day(9))
    written(history.folder, *known)
    ran = tool("drift", "--base", "deployed", "-o", "json")
    assert [(item["path"], item["new"]) for item in ran.document["known"]] == [
        ("scheduleBuildExpression", True),
        ("description", False),
    ]
    assert ran.code == 0
    comment = tool("plan", "--base", "deployed", "-o", "markdown").out
    assert comment.index("**newly known** `flexdeploy/Release/train`") < comment.index("<details>")


def test_a_difference_of_the_manifests_that_is_known_past_its_day_makes_drift_red(
    history: History, wire: Wire, tool: Tool
) -> None:
    wire.releases.rows[12101].update(description="ours", scheduleBuildExpression="0 0 2 ? * MON-FRI")
    written(history.folder, entry("description", "ours", day(-1)))
    path = history.folder / "manifests/train.yaml"
    path.write_text(
        path.read_text("utf-8").replace("description: ours", "description: new"), encoding="utf-8"
    )
    ran = tool("drift", "--base", "deployed")
    assert ran.code == 2
    assert ran.out.splitlines()[-1] == (
        "Drift: 1 object differs (1 drift, 0 conflict), 0 known, 1 blocked, 0 not read."
    )
    assert f"known until {day(-1)}: accept it, renew it or take the entry out" in ran.out
