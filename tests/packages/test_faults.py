"""A fault in a package's code is told as one: with system, kind, function, package, version and line.

Everything else goes on, what was sent is counted, and no value that an exception holds is printed.
"""

from __future__ import annotations

import copy
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from tests.support import tracker
from tests.support.commands import Ran, Tool
from tests.support.projects import written
from tests.support.tracker import Server, manifest

from reconcile.packages.guarding import guarded_system
from reconcile.packages.quiet import quietly
from reconcile.provider import (
    BadAnswer,
    Dated,
    Decision,
    Fields,
    Finding,
    Fires,
    Form,
    FromName,
    Kind,
    Provenance,
    Request,
    SensitiveIf,
    System,
    doc,
)
from reconcile.systems import registered

CANARY = "canary-of-a-server"
WHO = "a fault of the package reconcile-faulty 1.2: "
PATCHED = 'PATCH /things/1 {"size": "4"}'
"""The write of the thing, as the server takes it down."""
Break = Callable[..., Any]


def broken(*given: Any) -> Any:
    """What a bug in a package does."""
    raise RuntimeError(CANARY)


def leaving(*given: Any) -> Any:
    """What a package does that would end the command."""
    sys.exit(0)


BREAKS = pytest.mark.parametrize(("breaks", "error"), [(broken, "RuntimeError"), (leaving, "SystemExit")])


class Thing(Fields):
    """A thing whose forms can fail."""

    name: Annotated[str, doc("string", "Its name.", "n"), FromName()]
    size: Annotated[str | None, doc("string", "Its size.", "3"), Form(lambda value: FORM(value))] = None
    key: Annotated[str | None, doc("string", "Secret.", "x"), SensitiveIf(lambda spec: SECRET(spec))] = None


FORM: Break = lambda value: value  # noqa: E731
SECRET: Break = lambda spec: False  # noqa: E731


def thing(**functions: Any) -> Kind:
    """The kind of things, with some functions of its own."""
    return Kind("Thing", "faulty/v1", "A thing.", Thing, rest=tracker.rest("things"), **functions)


def system(kind: Kind, **more: Any) -> System:
    """The type as it is once its package was imported."""
    good = Kind("Good", "faulty/v1", "A thing of the same package.", Thing, rest=tracker.rest("goods"))
    given = {
        "type": "faulty",
        "kinds": (kind, good),
        "provenance": Provenance("reconcile-faulty", "1.2"),
        **more,
    }
    return guarded_system(tracker.TRACKER._replace(**given))


@pytest.fixture
def faulty(tool: Tool, folder: Path, server: Server) -> Callable[..., Ran]:
    """The tool in a project with one thing to change, and one good object beside, also of another system."""
    config = tracker.CONFIG.format(url=server.url)
    text = config.replace(
        "systems: {", f"systems: {{faulty: {{url: '{server.url}', auth: {{bearer: {{env: FD_PASSWORD}}}}}}, "
    )
    files = {
        "reconcile.yaml": text,
        "manifests/a.yaml": manifest("Thing", "a", "{size: '4'}").replace("tracker/", "faulty/"),
        "manifests/b.yaml": manifest("Good", "b", "{size: '4'}").replace("tracker/", "faulty/"),
        "manifests/c.yaml": manifest("Project", "c", "{colour: red}"),
    }
    written(folder, files)
    server.rows["things"] = {1: {"id": 1, "name": "a", "size": "3"}}
    server.rows["goods"] = {1: {"id": 1, "name": "b", "size": "3"}}
    server.rows["projects"] = {1: {"id": 1, "name": "c", "colour": "blue"}}

    def ran(kind: Kind, *words: str, **more: Any) -> Ran:
        with registered(system(kind, **more)):
            found = tool(*words)
        assert CANARY not in found.out + found.err
        assert "Traceback" not in found.err
        return found

    return ran


def raised(name: str, error: str = "RuntimeError") -> str:
    """The words that say that a function raised."""
    where = f"`{name}` of its kind Thing of the type `faulty`"
    return f"{WHO}{where} raised {error} (packages.test_faults, line"


READING = ("lookup", "read", "page", "decide", "pick")


@BREAKS
@pytest.mark.parametrize("name", READING)
def test_what_fails_as_live_is_read_or_compared_is_not_read_and_all_else_is_planned(
    faulty: Callable[..., Ran], name: str, breaks: Break, error: str
) -> None:
    ran = faulty(thing(**{name: breaks}), "plan", "-o", "json")
    assert ran.code == 1
    assert {each["address"] for each in ran.document["operations"]} == {"faulty/Good/b", "tracker/Project/c"}
    (unread,) = ran.document["not_read"]
    assert (unread["system"], unread["address"]) == ("faulty", "faulty/Thing/a")
    assert raised(name, error) in unread["reason"]
    assert unread["source"]["file"] == "manifests/a.yaml"


@BREAKS
@pytest.mark.parametrize("name", READING)
def test_an_apply_of_what_cannot_be_read_for_a_fault_sends_nothing(
    faulty: Callable[..., Ran], server: Server, name: str, breaks: Break, error: str
) -> None:
    ran = faulty(thing(**{name: breaks}), "apply", "--yes")
    assert ran.code == 1
    assert raised(name, error) in ran.err
    assert server.writes == []


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("decide", None, "`decide` of its kind Thing of the type `faulty` answered None, and no Decision"),
        ("decide", Decision(("PATCH",)), "answered with a str in it, and no Request"),
        (
            "decide",
            Decision((Request("faulty", "PATCH", "/things/1", body={"at": object()}),)),
            "answered with a body that holds a object, which JSON cannot hold",
        ),
        ("read", {"id": 1}, "answered a dict, and no Live"),
        ("lookup", None, "answered None, and no sequence"),
        ("page", [], "answered a list, and no Page"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_a_fault_too(
    faulty: Callable[..., Ran], name: str, answer: Any, words: str
) -> None:
    ran = faulty(thing(**{name: lambda *given: answer}), "plan", "-o", "json")
    (unread,) = ran.document["not_read"]
    assert WHO in unread["reason"]
    assert words in unread["reason"]


def test_a_bad_answer_of_the_server_is_told_as_the_server_s(faulty: Callable[..., Ran]) -> None:
    def read(row: Any) -> Any:
        raise BadAnswer("a thing has no size")

    ran = faulty(thing(read=read), "plan", "-o", "json")
    assert ran.document["not_read"][0]["reason"] == "faulty: GET /things: a thing has no size"
    assert "raised BadAnswer" in faulty(thing(decide=read), "plan").out


@pytest.mark.parametrize("mark", ["FORM", "SECRET"])
def test_a_mark_that_fails_is_a_fault_at_its_field(
    faulty: Callable[..., Ran], server: Server, monkeypatch: pytest.MonkeyPatch, mark: str
) -> None:
    monkeypatch.setitem(globals(), mark, broken)
    server.rows["things"][1]["key"] = "k"
    ran = faulty(thing(), "plan")
    assert ran.code == 1
    field, name = ("size", "Form") if mark == "FORM" else ("key", "SensitiveIf")
    assert f"`{name}` of `{field}` of its kind " in (ran.out + ran.err)


@BREAKS
def test_what_fails_after_a_write_says_what_was_sent_and_that_its_outcome_is_not_known(
    faulty: Callable[..., Ran], server: Server, breaks: Break, error: str
) -> None:
    rest = tracker.rest("things")

    def decide(case: Any) -> Decision:
        return breaks() if PATCHED in server.writes else rest.decide(case, thing().table)

    ran = faulty(thing(decide=decide), "apply", "--yes", "-o", "json")
    assert ran.code == 3
    outcome = next(each for each in ran.document["outcomes"] if each["address"] == "faulty/Thing/a")
    assert (outcome["status"], outcome["requests_sent"]) == ("unknown", 1)
    assert WHO + f"`decide` of its kind Thing of the type `faulty` raised {error}" in outcome["detail"]
    assert PATCHED in server.writes
    others = [each["status"] for each in ran.document["outcomes"] if each["address"] != "faulty/Thing/a"]
    assert others == ["done", "done"]


def test_what_fails_as_the_answer_to_a_write_is_read_says_that_it_was_written(
    faulty: Callable[..., Ran], server: Server
) -> None:
    server.rows["things"].clear()
    rest = tracker.rest("things")
    read = rest.reader("thing", Thing)

    def late(row: Any) -> Any:
        return broken() if row["size"] == "4" else read(row)

    ran = faulty(thing(read=late), "apply", "--yes", "-o", "json", "--settle", "0")
    outcome = next(each for each in ran.document["outcomes"] if each["address"] == "faulty/Thing/a")
    assert (outcome["status"], outcome["requests_sent"]) == ("unknown", 1)
    assert "written, but it could not be read back" in outcome["detail"]
    assert WHO + "`read` of its kind Thing" in outcome["detail"]


def test_what_fails_before_a_write_fails_that_operation_alone(
    faulty: Callable[..., Ran], server: Server
) -> None:
    rest = tracker.rest("things")
    calls: list[Any] = []

    def decide(case: Any) -> Decision:
        calls.append(case)
        return broken() if len(calls) > 1 else rest.decide(case, thing().table)

    ran = faulty(thing(decide=decide), "apply", "--yes", "-o", "json")
    outcome = next(each for each in ran.document["outcomes"] if each["address"] == "faulty/Thing/a")
    assert (outcome["status"], outcome["requests_sent"]) == ("failed", 0)
    assert not [line for line in server.writes if "/things" in line]


def test_an_outcome_whose_result_cannot_be_told_is_done_and_says_why(faulty: Callable[..., Ran]) -> None:
    ran = faulty(thing(result=broken), "apply", "--yes", "-o", "json")
    outcome = next(each for each in ran.document["outcomes"] if each["address"] == "faulty/Thing/a")
    assert outcome["status"] == "done"
    assert "`result` of its kind Thing" in outcome["detail"]


@BREAKS
def test_a_rule_that_fails_is_a_problem_at_each_resource_and_the_other_rules_are_heard(
    faulty: Callable[..., Ran], breaks: Break, error: str
) -> None:
    def small(spec: Any) -> Iterator[Finding]:
        yield Finding(("size",), "small", "too small")

    ran = faulty(thing(rules=(breaks, small)), "validate")
    assert ran.code == 1
    assert f"manifests/a.yaml:1:1: {WHO}`the rule {breaks.__name__}` of its kind Thing" in ran.err
    assert "too small [small]" in ran.err
    assert f"raised {error}" in ran.err
    assert "[package-fault]" in ran.err


def test_a_scope_that_fails_is_a_problem_at_its_resource(faulty: Callable[..., Ran]) -> None:
    ran = faulty(thing(scope=broken), "validate")
    assert ran.code == 1
    assert f"manifests/a.yaml:1:1: {raised('scope')}" in ran.err


def test_a_rule_of_options_that_fails_is_a_problem_of_the_project_file(faulty: Callable[..., Ran]) -> None:
    ran = faulty(thing(), "validate", option_rules=(broken,))
    assert ran.code == 1
    assert f"reconcile.yaml:2:11: {WHO}`option_rules` of the type `faulty` raised RuntimeError" in ran.err


@pytest.mark.parametrize("name", ["exported", "told_apart", "aside", "read", "page", "lookup"])
def test_an_export_that_fails_says_why(faulty: Callable[..., Ran], server: Server, name: str) -> None:
    server.rows["things"][2] = {"id": 2, "name": "a", "size": "3"}
    more = {"exported": lambda live: False} if name == "aside" else {}
    ran = faulty(thing(**{name: broken, **more}), "export", "faulty/Thing")
    assert ran.code == 1
    assert WHO + f"`{name}` of its kind Thing" in ran.err


def test_a_probe_that_fails_is_told_by_doctor(faulty: Callable[..., Ran]) -> None:
    ran = faulty(thing(), "doctor", probe=broken)
    assert ran.code == 1
    assert f"{WHO}`probe` of the type `faulty` raised RuntimeError" in ran.out
    assert "ok    tracker" in ran.out


def test_a_guarded_kind_decides_as_the_kind_itself() -> None:
    kind = thing()
    own = guarded_system(system(copy.copy(kind))).kinds[0]
    assert own.key_of({"name": "A"}) == kind.key_of({"name": "A"})
    assert [*own.table.rows] == [*kind.table.rows]
    assert (own.listed, own.identified, own.id_field, own.key) == (True, True, "id", ("name",))


class Timed(Fields):
    """A thing with a schedule that cannot be read."""

    name: Annotated[str, doc("string", "Its name.", "n"), FromName()]
    size: Annotated[str | None, doc("string", "When it fires.", "3"), Fires(broken)] = None


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (thing(dated=Dated("run", "size", called_off=broken)), "called_off"),
        (Kind("Thing", "faulty/v1", "A thing.", Timed, rest=tracker.rest("things")), "Fires"),
    ],
)
def test_a_calendar_in_which_a_function_of_a_package_fails_says_whose_fault_it_is(
    faulty: Callable[..., Ran], kind: Kind, name: str
) -> None:
    ran = faulty(kind, "calendar", "-o", "json")
    assert ran.code == 1
    (problem,) = ran.document["problems"]
    assert problem["code"] == "package-fault"
    assert WHO in problem["message"]
    assert f"`{name}` of " in problem["message"]


def test_a_schedule_that_a_package_cannot_read_hurts_no_validation_of_a_project_with_freezes(
    faulty: Callable[..., Ran], folder: Path
) -> None:
    file = folder / "reconcile.yaml"
    freeze = 'freezes: [{name: a, from: "2026-12-01T00:00:00Z", until: "2099-12-02T00:00:00Z", reason: b}]\n'
    kind = Kind("Thing", "faulty/v1", "A thing.", Timed, rest=tracker.rest("things"))
    file.write_text(file.read_text() + freeze)
    ran = faulty(kind, "validate")
    assert (ran.code, ran.last) == (0, "Valid: 3 resources in 3 files.")
    assert "[package-fault]" in ran.err


def test_what_a_function_prints_stands_in_no_result(faulty: Callable[..., Ran]) -> None:
    rest = tracker.rest("things")

    def loud(case: Any) -> Decision:
        sys.stdout.write(f"{CANARY}\n")
        return rest.decide(case, thing().table)

    def louder(system: str, resources: Any, options: Any) -> Any:
        sys.stdout.write(CANARY)
        return rest.lookup(system, resources, options)

    assert faulty(thing(decide=loud, lookup=louder), "plan", "-o", "json").document["summary"]["update"] == 3
    ran = faulty(thing(decide=loud, lookup=louder), "apply", "--yes")
    assert ran.last == "Apply: 3 done, 0 failed, 0 skipped, 0 unknown, 0 blocked."


def test_what_one_thread_prints_is_kept_while_another_is_in_a_package(
    capsys: pytest.CaptureFixture[str],
) -> None:
    inside, outside = threading.Event(), threading.Event()

    def package() -> None:
        with quietly(), quietly():
            inside.set()
            outside.wait(10)
            sys.stdout.write("dropped\n")

    thread = threading.Thread(target=package)
    before = sys.stdout
    thread.start()
    inside.wait(10)
    sys.stdout.write("kept\n")
    outside.set()
    thread.join(10)
    assert sys.stdout is before
    assert capsys.readouterr().out == "kept\n"
