"""A BRPM run that may be over and archived: blocked, and by which clock."""

from __future__ import annotations

from typing import Any

import pytest

from reconcile.fields.forms import instant
from reconcile.model import Address, Change, Origin
from reconcile.provider import Case, Decision
from reconcile.systems.brpm.run import decide

PLACE = {"name": "UAT", "plan_id": 1, "plan_stage_id": 2, "owner_id": 1, "requestor_id": 1}
NOON = float(str(instant("2026-12-01T12:00:00Z")))
ORIGIN = Origin("uat.yaml")


def decided(now: float | None, **want: Any) -> Decision:
    spec = {**PLACE, **want}
    changes = tuple(Change((name,), None, value, ORIGIN) for name, value in spec.items())
    return decide(Case(Address("brpm", "Run", "uat"), ORIGIN, {}, spec, None, changes, now))


@pytest.mark.parametrize("state", ["started", "complete", "completed"])
@pytest.mark.parametrize(
    "starts", ["2026-12-01T11:59:59Z", "2026-12-01T12:59:59+01:00", "1999-01-01T00:00:00Z"]
)
def test_one_that_began_in_the_past_is_blocked_with_what_to_do(state: str, starts: str) -> None:
    decision = decided(NOON, start_at=starts, state=state)
    assert decision.requests == ()
    ((change, reason),) = decision.blocked
    assert change.path == ("state",)
    assert reason == (
        f"no list shows this run, and its start_at ({starts}) is past: it may be over and archived; "
        "pin it with metadata.id, move start_at, or take it out"
    )


@pytest.mark.parametrize(
    "want",
    [
        {"state": "started", "start_at": "2026-12-01T12:00:00Z"},
        {"state": "completed", "start_at": "2026-12-01T12:00:01Z"},
        {"state": "started"},
        {"state": "planned", "start_at": "2026-12-01T09:00:00Z"},
        {"state": "cancelled", "start_at": "2026-12-01T09:00:00Z"},
        {"start_at": "2026-12-01T09:00:00Z"},
    ],
)
def test_one_that_cannot_have_begun_is_created(want: dict[str, Any]) -> None:
    decision = decided(NOON, **want)
    assert [request.method for request in decision.requests][:1] == ["POST"]
    assert decision.blocked == ()


def test_where_the_server_shows_no_clock_nobody_can_tell_and_it_is_blocked() -> None:
    decision = decided(None, start_at="2026-12-01T09:00:00Z", state="started")
    assert decision.requests == ()
    assert "may be past (the server shows no clock)" in decision.blocked[0][1]
    assert decided(None, state="started").requests
