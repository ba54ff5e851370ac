"""What the journal's lines come to: which object on which server is in doubt, since when; what was made."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.support.lamps import LAMP
from tests.support.servers import LampServer, desk
from tests.support.values import HERE as PLACE
from tests.support.values import a_lamp, address, lamp, wanted
from tests.support.worlds import Fault, World, applied

from reconcile.execution.attempt import Timing
from reconcile.execution.journal import FOLDER, JOURNAL, Journal, Unusable, glimpse, remembered
from reconcile.execution.memory import RunPlace, past_of
from reconcile.live.observe import Made, observe
from reconcile.live.pages import Line
from reconcile.model import Address, Live, Ref, Secret
from reconcile.moments import Moment, elapsed
from reconcile.provider import Case, Decision, System
from reconcile.session.timing import BuildAttempt, build_attempt_of, timing_after
from reconcile.systems import Installed
from reconcile.systems.katalon.release import RELEASE as KATALON

HERE = RunPlace("production", {"lamps": "https://a.example"})
SETTLE = 30.0


def line(event: str, at: float, where: RunPlace = HERE, name: str = "a", **more: Any) -> Mapping[str, Any]:
    """An entry about the lamp with the title `a`, whatever its manifest is called."""
    about = where.identity(wanted(lamp(name, {"title": "a"})), more.pop("live", None))
    return {"event": event, "at": at, **about._asdict(), **more}


def terms(tmp_path: Path, *entries: Mapping[str, Any], now: float = 1000.0, **more: Any) -> Timing:
    """The terms of an apply that finds these entries."""
    with Journal(tmp_path, lambda: Moment(now)) as journal:
        journal.past = past_of(entries, known=True)
        return timing_after(journal, SETTLE, HERE, clock=lambda: 0.0, **more)


def waits(found: Timing, where: RunPlace = HERE, name: str = "a", **spec: Any) -> float:
    """Until when an update of that lamp waits."""
    identity = where.identity(wanted(lamp(name, {"title": "a", **spec})), spec.pop("live", None))
    return max(found.in_doubt.get(mark, 0.0) for mark in identity.marks())


def test_a_doubt_is_known_again_under_another_name_of_its_manifest(tmp_path: Path) -> None:
    assert waits(terms(tmp_path, line("intent", 990.0), line("left", 995.0)), name="renamed") == 25.0


def test_a_doubt_is_known_again_by_the_id_where_the_natural_key_was_changed(tmp_path: Path) -> None:
    found = terms(tmp_path, line("intent", 990.0, live=7), line("left", 995.0, live=7))
    other = HERE.identity(wanted(lamp("z", {"title": "another"})), 7)
    assert max(found.in_doubt.get(mark, 0.0) for mark in other.marks()) == 25.0


def test_a_doubt_is_known_again_where_the_environment_has_another_name_by_now(tmp_path: Path) -> None:
    found = terms(tmp_path, line("intent", 990.0), line("left", 995.0))
    assert waits(found, HERE._replace(environment="live"), name="renamed") == 25.0


@pytest.mark.parametrize("event", ["settled", "outcome"])
@pytest.mark.parametrize(
    "other",
    [
        HERE._replace(environment="staging"),
        HERE._replace(origins={"lamps": "https://b.example"}),
        RunPlace("", {"lamps": "https://a.example"}),
    ],
)
def test_what_is_settled_elsewhere_takes_no_doubt_away(event: str, other: RunPlace) -> None:
    entries = (line("intent", 990.0), line(event, 996.0, other, effect="none"))
    assert len(past_of(entries, known=True).doubts) == 1


def test_another_server_waits_for_nothing(tmp_path: Path) -> None:
    found = terms(tmp_path, line("intent", 990.0))
    assert waits(found, HERE._replace(origins={"lamps": "https://b.example"})) == 0.0


def test_a_refusal_of_a_second_request_leaves_the_first_one_in_doubt() -> None:
    entries = (line("intent", 990.0), line("intent", 995.0), line("outcome", 996.0, effect="none"))
    (doubt,) = past_of(entries, known=True).doubts
    assert doubt.meant.wall == 990.0


def test_the_wait_counts_from_when_the_request_left() -> None:
    (doubt,) = past_of((line("intent", 900.0), line("left", 990.0)), known=True).doubts
    assert doubt.left == Moment(990.0)


def test_a_request_of_which_nobody_noted_that_it_left_is_waited_for_from_now_and_then_that_is_noted(
    tmp_path: Path,
) -> None:
    with Journal(tmp_path, lambda: Moment(900.0)) as journal:
        journal.append(dict(line("intent", 900.0)))
    for now, wait in ((1000.0, 30.0), (1010.0, 20.0), (1100.0, 0.0)):
        with Journal(tmp_path, lambda now=now: Moment(now)) as journal:
            assert waits(timing_after(journal, SETTLE, HERE, clock=lambda: 0.0)) == wait


def test_a_line_of_an_older_version_makes_whatever_creates_or_runs_wait(tmp_path: Path) -> None:
    old = {"event": "intent", "address": "lamps/Lamp/gone", "at": 990.0}
    found = terms(tmp_path, old, {**old, "event": "outcome", "effect": "unknown", "at": 995.0})
    assert found.doubtful_until == 25.0
    assert past_of((old, {**old, "event": "settled"}), known=True).doubts == ()


def test_a_key_with_a_reference_counts_once_it_is_known_and_a_secret_in_it_is_not_kept() -> None:
    late = HERE.identity(wanted(lamp("a", {"title": Ref(address("b"))})))
    assert (late.key, late.object) == ("", "")
    keys = {HERE.identity(wanted(lamp("a", {"title": Secret(text)}))).key for text in ("one", "two")}
    assert len(keys) == 1


def test_a_type_of_system_makes_another_object_of_the_same_name() -> None:
    here = RunPlace("", {"lamps": "https://a"})
    one = here.identity(wanted(lamp("a")))
    other = here.identity(wanted(lamp("a"))._replace(kind=KATALON))
    assert one.key != other.key


@pytest.mark.parametrize(
    ("since", "now", "seconds"),
    [
        (Moment(1000.0, "b", 10.0), Moment(1020.0, "b", 30.0), 20.0),
        (Moment(1000.0, "b", 10.0), Moment(9000.0, "b", 30.0), 20.0),
        (Moment(1000.0, "b", 10.0), Moment(500.0, "b", 30.0), 0.0),
        (Moment(1000.0, "b", 10.0), Moment(1020.0, "c", 5.0), 20.0),
        (Moment(1000.0), Moment(990.0, "c", 5.0), 0.0),
        (Moment(1000.0, "b", 30.0), Moment(1020.0, "b", 10.0), 0.0),
    ],
)
def test_no_clock_that_is_set_makes_more_time_pass(since: Moment, now: Moment, seconds: float) -> None:
    assert elapsed(since, now) == seconds


@pytest.mark.parametrize(
    ("begun", "attempt", "lost"),
    [
        ((), BuildAttempt("r", 1), False),
        ((), BuildAttempt("r", 2), True),
        (("r#1",), BuildAttempt("r", 2), False),
        (("r#1",), BuildAttempt("r", 3), True),
        (("r#2",), BuildAttempt("r", 2), False),
        (("other#1",), BuildAttempt("r", 2), True),
    ],
)
def test_an_attempt_waits_where_the_journal_does_not_know_of_the_one_before(
    tmp_path: Path, begun: tuple[str, ...], attempt: BuildAttempt, *, lost: bool
) -> None:
    entries = [{"event": "begun", "address": "", "at": 1.0, "attempt": name} for name in begun]
    assert (terms(tmp_path, *entries, attempt=attempt).doubtful_until == SETTLE) is lost
    past = remembered((tmp_path / FOLDER / JOURNAL).read_bytes())
    assert (str(attempt) in past.begun, past.lost is not None) == (True, lost)


def test_what_a_damaged_line_may_have_announced_is_waited_for_and_the_next_apply_is_told(
    tmp_path: Path,
) -> None:
    damaged = {"event": "damaged", "address": "", "at": 0.0, "line": 1}
    assert terms(tmp_path, damaged).doubtful_until == SETTLE
    past = remembered((tmp_path / FOLDER / JOURNAL).read_bytes())
    assert past.lost == Moment(1000.0)
    assert terms(tmp_path, damaged, {"event": "doubt", "address": "", "at": 990.0}).doubtful_until == 20.0


def test_an_attempt_is_that_of_a_run_a_job_and_an_environment() -> None:
    said = {"GITHUB_RUN_ATTEMPT": "3", "GITHUB_RUN_ID": "77", "GITHUB_JOB": "apply"}
    assert build_attempt_of(said, "production") == BuildAttempt("77/apply/production", 3)
    assert build_attempt_of({}, "production") is None


class Lagging(LampServer):
    """A server whose list does not show the lamp 7 yet."""

    def read(self, request: Any) -> Any:
        rows = super().read(request)
        return [row for row in rows if row["lampId"] != 7] if isinstance(rows, list) else rows


ITEM = a_lamp()
MADE = {HERE.identity(ITEM).place: 7}
"""What the journal says of an earlier create."""


@pytest.mark.parametrize(("title", "status", "sent"), [("a", "unchanged", 0), ("another", "done", 1)])
def test_a_created_object_is_found_by_the_id_that_was_journalled_and_only_if_its_key_is_the_wanted_one(
    title: str, status: str, sent: int
) -> None:
    server = Lagging({**desk(title=title), "lampId": 7})
    outcome = applied(World(server), ITEM, where=HERE, made=MADE)
    assert (outcome.status, outcome.requests_sent) == (status, sent)


@pytest.mark.parametrize(
    ("row", "known"), [({"title": "a"}, True), ({"title": "another"}, False), ({}, False)]
)
def test_a_plan_knows_of_a_create_what_the_journal_knows(row: dict[str, Any], *, known: bool) -> None:
    server = Lagging(*([{**desk(**row), "lampId": 7}] if row else []))
    seen = observe(
        [ITEM], Line(World(server).answer), 1, lambda item: Made(MADE.get(HERE.identity(item).place))
    )
    assert (seen.live.keys() == {ITEM.resource.address}, seen.problems) == (known, ())


def test_a_request_that_goes_out_once_and_was_never_seen_stays_in_doubt(tmp_path: Path) -> None:
    def decide(case: Case) -> Decision:
        decision = LAMP.decide(case)
        return decision._replace(
            requests=tuple(each._replace(at_most_once=True) for each in decision.requests)
        )

    item = a_lamp({"power": "WARM"})._replace(kind=replace(LAMP, decide=decide))
    world = World(LampServer(desk()), [Fault("ignored")])
    assert applied(world, item, where=HERE).status == "unsettled"
    with Journal(tmp_path) as journal:
        for entry in world.of("record"):
            journal.append(entry)
    assert len(glimpse(tmp_path).doubts) == 1


@pytest.mark.parametrize("system", Installed().values(), ids=lambda system: system.type)
def test_a_delete_whose_answer_was_lost_goes_out_once(system: System) -> None:
    """Whatever it deletes: looked for until the settle time is over, and left to the next apply then."""
    live = Live("1", "a", {})
    for kind in system.kinds:
        if kind.remove is not None:
            case = Case(Address(system.type, kind.name, "a"), PLACE, {}, {}, live)
            assert all(request.at_most_once for request in kind.remove(case).requests)


def written(root: Path) -> Path:
    """A journal with one doubt."""
    with Journal(root, lambda: Moment(1000.0)) as journal:
        journal.append(dict(line("intent", 1000.0)))
    return root / FOLDER / JOURNAL


@pytest.mark.parametrize("name", [JOURNAL, "lock", "."])
def test_what_every_user_may_write_is_not_believed(tmp_path: Path, name: str) -> None:
    written(tmp_path)
    place = tmp_path / FOLDER / name
    place.chmod(0o777)
    with pytest.raises(Unusable, match="may be written by every user"), Journal(tmp_path):
        pass
    if name != "lock":
        with pytest.raises(Unusable):
            glimpse(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
@pytest.mark.parametrize("name", [JOURNAL, "lock", "."])
def test_what_is_another_user_s_is_not_believed(tmp_path: Path, name: str) -> None:
    written(tmp_path)
    os.chown(tmp_path / FOLDER / name, 12345, 12345)
    with pytest.raises(Unusable, match="belongs to another user"), Journal(tmp_path):
        pass


def test_a_folder_that_is_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    written(tmp_path / "elsewhere")
    (tmp_path / FOLDER).symlink_to(tmp_path / "elsewhere" / FOLDER)
    with pytest.raises(Unusable):
        glimpse(tmp_path)


@pytest.mark.parametrize("cut", [1, 2, 30, 100])
def test_a_line_that_was_torn_meanwhile_is_repaired_before_the_next_one(tmp_path: Path, cut: int) -> None:
    """The disk was full in the middle of a line, or another one cut it."""
    with Journal(tmp_path, lambda: Moment(1000.0)) as journal:
        journal.append(dict(line("intent", 1000.0)))
        path = tmp_path / FOLDER / JOURNAL
        os.truncate(path, path.stat().st_size - cut)
        journal.append(dict(line("left", 1000.0)))
        journal.append(dict(line("intent", 1000.0)))
    last = path.read_bytes().splitlines()[-2:]
    assert [json.loads(each)["event"] for each in last] == ["left", "intent"]
