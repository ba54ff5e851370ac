"""An apply inside a freeze: what is refused by the clock, by the base, and as an operation begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.support.projects import release, written

from reconcile.cleaning import Cleaner
from reconcile.errors import ProblemsFound
from reconcile.session import events
from reconcile.session.apply import apply
from reconcile.session.consent import ALL
from reconcile.session.plan import plan_document
from reconcile.session.refusal import Refused
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import Session, begin
from reconcile_sandbox import Sandbox, running

ENVIRON = {"FD_USER": "demo", "FD_PASSWORD": "demo"}
PROJECT = """\
version: 1
systems:
  flexdeploy:
    url: {url}/flexdeploy/rest/v1
    auth: {{basic: {{username: {{env: FD_USER}}, password: {{env: FD_PASSWORD}}}}}}
{more}"""
FREEZE = """\
freezes:
  - {name: christmas, from: "2026-12-23T18:00:00+01:00", until: "2027-01-04T06:00:00+01:00", reason: year end}
  - {name: weekends, schedule: "0 0 18 ? * FRI", duration: 62h, timeZone: Europe/Berlin, reason: nobody there}
"""
BEFORE, INSIDE = "2026-12-22T12:00:00Z", "2026-12-24T12:00:00Z"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running() as sandbox:
        yield sandbox


@pytest.fixture
def folder(sandbox: Sandbox, tmp_path: Path) -> Path:
    """A project that wants two new releases, of which one waits for the other."""
    sandbox.reset({}, [])
    files = {
        "reconcile.yaml": PROJECT.format(url=sandbox.url, more=FREEZE),
        "manifests/a.yaml": release("a", "{pipelineName: Simple Pipeline}"),
        "manifests/b.yaml": release(
            "b", "{pipelineName: Simple Pipeline}", "dependsOn: [flexdeploy/Release/a]"
        ),
    }
    return written(tmp_path, files)


def clock(*moments: str) -> Callable[[], datetime]:
    """A clock that shows each moment once, and the last of them from then on."""
    left = [datetime.fromisoformat(moment) for moment in moments]
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def session(folder: Path, today: Callable[[], datetime], **options: object) -> Session:
    around = replace(Surroundings(ENVIRON, Cleaner()), today=today)
    return begin(RunOptions(folder)._replace(**options), around)


def writes(sandbox: Sandbox) -> list[str]:
    return [entry.path for entry in sandbox.log if entry.method != "GET"]


def statuses(error: Refused) -> list[tuple[str, str]]:
    return [(outcome.address.rpartition("/")[2], outcome.status) for outcome in error.record.outcomes or ()]


def test_inside_a_freeze_nothing_that_it_covers_is_sent(folder: Path, sandbox: Sandbox) -> None:
    with pytest.raises(Refused) as refused:
        apply(session(folder, clock(INSIDE)), ALL)
    assert statuses(refused.value) == [("a", "refused"), ("b", "refused")]
    assert {problem.code for problem in refused.value.problems} == {"frozen"}
    assert "`christmas` (year end) until 2027-01-04T06:00:00+01:00" in str(refused.value)
    assert writes(sandbox) == []


def test_outside_of_it_all_is_done(folder: Path, sandbox: Sandbox) -> None:
    found = apply(session(folder, clock("2026-12-23T16:59:59Z")), ALL)
    assert found.complete
    assert len(writes(sandbox)) == 2


def test_a_freeze_that_begins_during_an_apply_refuses_what_has_not_begun(
    folder: Path, sandbox: Sandbox
) -> None:
    ended: list[events.Event] = []
    around = replace(
        Surroundings(ENVIRON, Cleaner()),
        today=lambda: datetime.fromisoformat(INSIDE if ended else BEFORE),
        on_event=lambda event: ended.append(event) if isinstance(event, events.Ended) else None,
    )
    with pytest.raises(Refused) as refused:
        apply(begin(RunOptions(folder), around), ALL)
    assert statuses(refused.value) == [("a", "done"), ("b", "refused")]
    assert [problem.code for problem in refused.value.problems] == ["frozen"]
    assert len(writes(sandbox)) == 1


def test_what_is_skipped_because_of_a_freeze_counts_as_refused(folder: Path, sandbox: Sandbox) -> None:
    more = FREEZE.replace("reason: year end", "reason: year end, targets: ['*/Release/a']")
    written(folder, {"reconcile.yaml": PROJECT.format(url=sandbox.url, more=more)})
    with pytest.raises(Refused) as refused:
        apply(session(folder, clock(INSIDE)), ALL)
    assert statuses(refused.value) == [("a", "refused"), ("b", "skipped")]


def test_two_freezes_of_different_offsets_may_end_at_one_instant(folder: Path, sandbox: Sandbox) -> None:
    again = """  - {name: audit, from: "2026-12-01T00:00:00Z", until: "2027-01-04T05:00:00Z", reason: a}\n"""
    written(folder, {"reconcile.yaml": PROJECT.format(url=sandbox.url, more=FREEZE + again)})
    with pytest.raises(Refused, match=r"christmas.* and .*audit.* until 2027-01-04T06:00:00"):
        apply(session(folder, clock(INSIDE)), ALL)
    assert writes(sandbox) == []


def test_of_several_that_are_in_force_the_latest_end_counts(folder: Path) -> None:
    document = plan_document(session(folder, clock("2027-01-02T12:00:00Z")))
    (found,) = document.would_refuse
    assert found.until == "2027-01-04T08:00:00+01:00"
    assert "`christmas` (year end) and `weekends` (nobody there)" in found.message


def test_a_freeze_that_the_change_takes_away_still_counts(folder: Path, sandbox: Sandbox) -> None:
    written(folder / "before", {"reconcile.yaml": (folder / "reconcile.yaml").read_text()})
    written(folder / "before" / "manifests", {"a.yaml": release("a", "{pipelineName: Simple Pipeline}")})
    written(folder, {"reconcile.yaml": PROJECT.format(url=sandbox.url, more="")})
    now = session(folder, clock(INSIDE), base="./before")
    assert {found.code for found in plan_document(now).would_refuse} == {"frozen"}
    with pytest.raises(Refused):
        apply(now, ALL)
    assert writes(sandbox) == []
    changes = [change.path for change in plan_document(now).project_changes]
    assert "freezes.christmas" in changes


def test_a_base_whose_project_file_cannot_be_read_is_no_way_round_its_freezes(
    folder: Path, sandbox: Sandbox
) -> None:
    written(folder / "before", {"reconcile.yaml": "version: 1\nfreezes: [{name: a}]\nsystems: {}\n"})
    with pytest.raises(Refused):
        apply(session(folder, clock(BEFORE), base="./before"), ALL)
    assert writes(sandbox) == []


def test_force_lifts_a_freeze_and_says_which(folder: Path, sandbox: Sandbox) -> None:
    told: list[str] = []
    around = replace(
        Surroundings(ENVIRON, Cleaner()),
        today=clock(INSIDE),
        on_event=lambda event: told.append(event.reason) if isinstance(event, events.Forced) else None,
    )
    assert apply(begin(RunOptions(folder), around), ALL, force=True).complete
    assert told == ["2 operations: frozen by `christmas` (year end) until 2027-01-04T06:00:00+01:00"]


def test_what_fires_inside_a_freeze_is_told_with_the_number_and_the_first(folder: Path) -> None:
    (folder / "manifests" / "a.yaml").write_text(release("a", '{scheduleBuildExpression: "0 0 2 ? * MON"}'))
    warnings = [str(p) for p in session(folder, clock(BEFORE)).loaded.problems]
    assert [line.partition(" fires ")[2] for line in warnings] == [
        f"{number} times inside the freeze {name}, first at 2026-12-28T02:00:00+00:00 [fires-in-freeze]"
        for number, name in ((2, "`christmas` (year end)"), (57, "`weekends` (nobody there)"))
    ]


@pytest.mark.parametrize(
    ("start", "end", "number"),
    [
        ("0001-01-01T00:00:00Z", "2026-12-29T00:00:00Z", 1),
        ("2026-12-01T00:00:00Z", "9999-12-31T23:59:59Z", 3810),
        ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", 3810),
    ],
)
def test_a_freeze_may_begin_before_all_time_and_last_for_ever(
    folder: Path, sandbox: Sandbox, start: str, end: str, number: int
) -> None:
    """Firings are counted up to the last year of schedulers."""
    more = f"freezes: [{{name: a, reason: r, from: '{start}', until: '{end}'}}]\n"
    (folder / "reconcile.yaml").write_text(PROJECT.format(url=sandbox.url, more=more))
    (folder / "manifests" / "a.yaml").write_text(release("a", '{scheduleBuildExpression: "0 0 2 ? * MON"}'))
    now = session(folder, clock("2026-12-22T12:00:00Z"))
    times = "once" if number == 1 else f"{number:,} times"
    assert [str(p).partition(" fires ")[2].partition(" inside")[0] for p in now.loaded.problems] == [times]
    with pytest.raises(Refused, match=f"until {end[:10]}"):
        apply(now, ALL)
    assert writes(sandbox) == []


def test_a_freeze_that_comes_again_every_other_minute_is_told_like_any_other(
    folder: Path, sandbox: Sandbox
) -> None:
    more = """freezes: [{name: a, reason: r, schedule: "0 */2 * * * ?", duration: 1m}]\n"""
    (folder / "reconcile.yaml").write_text(PROJECT.format(url=sandbox.url, more=more))
    for name in "abcdefgh":
        spec = (
            f'{{pipelineName: Simple Pipeline, scheduleBuildExpression: "0/30 {ord(name) % 8}/3 2 ? * MON"}}'
        )
        (folder / "manifests" / f"{name}.yaml").write_text(release(name, spec))
    warnings = session(folder, clock(BEFORE)).loaded.problems
    assert len(warnings) == 8
    assert "fires 1,140 times inside the freeze `a` (r), first at 2026-12-28T02:04:00+00:00" in str(
        warnings[0]
    )


def test_only_a_freeze_that_begins_within_400_days_is_told_of(folder: Path) -> None:
    (folder / "manifests" / "a.yaml").write_text(release("a", '{scheduleBuildExpression: "0 0 2 ? * MON"}'))
    early = datetime.fromisoformat("2026-12-23T17:00:00Z") - timedelta(days=400)
    assert "christmas" in str(session(folder, lambda: early).loaded.problems)
    assert "christmas" not in str(session(folder, lambda: early - timedelta(seconds=1)).loaded.problems)


def test_a_refusal_names_no_system_that_it_does_not_cover(folder: Path, sandbox: Sandbox) -> None:
    more = FREEZE.replace("reason: year end", "reason: year end, targets: ['*/Release/b']")
    written(folder, {"reconcile.yaml": PROJECT.format(url=sandbox.url, more=more)})
    with pytest.raises(Refused) as refused:
        apply(session(folder, clock(INSIDE)), ALL)
    assert statuses(refused.value) == [("a", "done"), ("b", "refused")]


def test_a_freeze_that_is_none_is_an_error(folder: Path, sandbox: Sandbox) -> None:
    written(
        folder, {"reconcile.yaml": PROJECT.format(url=sandbox.url, more="freezes: [{name: a, reason: r}]\n")}
    )
    with pytest.raises(ProblemsFound, match="either from and until"):
        session(folder, clock(INSIDE))


def test_a_plan_that_was_made_inside_a_freeze_is_carried_out_after_it(folder: Path, sandbox: Sandbox) -> None:
    planned = plan_document(session(folder, clock(INSIDE)))
    assert {found.code for found in planned.would_refuse} == {"frozen"}
    assert apply(session(folder, clock("2027-01-05T12:00:00Z")), planned).complete
    assert len(writes(sandbox)) == 2


def test_a_plan_that_was_made_before_a_freeze_is_refused_inside_it_and_fits_again_after_it(
    folder: Path, sandbox: Sandbox
) -> None:
    planned = plan_document(session(folder, clock(BEFORE)))
    assert planned.would_refuse == ()
    with pytest.raises(Refused) as refused:
        apply(session(folder, clock(INSIDE)), planned)
    assert {problem.code for problem in refused.value.problems} == {"frozen"}
    assert writes(sandbox) == []
    assert apply(session(folder, clock("2027-01-05T12:00:00Z")), planned).complete
