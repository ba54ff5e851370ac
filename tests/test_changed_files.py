"""A second plan of what changed loads what changed, and everything where that could say something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.history import History
from tests.support.http import Wire, served
from tests.support.projects import ENVIRONMENTS, release, written
from tests.support.servers import row

from reconcile.cleaning import Cleaner
from reconcile.errors import ProblemsFound
from reconcile.model import Address
from reconcile.planfile.document import Document
from reconcile.session.plan import plan_document
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import Session, begin

COUNT = 6
PROJECT = """\
version: 1
systems:
  flexdeploy:
    url: {url}
    auth: {{basic: {{username: {{env: FD_USER}}, password: {{env: FD_PASSWORD}}}}}}
"""
ENVIRON = {"FD_USER": "demo", "FD_PASSWORD": "demo"}
PART = "apiVersion: flexdeploy/v1\nkind: Project\nmetadata: {name: p}\nspec: {release: r5, projectId: 1}\n"


@pytest.fixture
def wire() -> Iterator[Wire]:
    rows = (row(n, f"r{n}", description="ours", projects=[]) for n in range(COUNT))
    with served(*rows) as wire:
        yield wire


@pytest.fixture
def history(tmp_path: Path, wire: Wire) -> History:
    """Some releases, one a file, live as they are wanted; the third waits for the second."""
    files = {f"manifests/{n}.yaml": release(f"r{n}", "{description: ours}") for n in range(COUNT)}
    files["manifests/2.yaml"] = release("r2", "{description: ours}", "dependsOn: [flexdeploy/Release/r1]")
    kept = {".gitignore": ".reconcile/\n", "reconcile.yaml": PROJECT.format(url=wire.url)}
    made = History(written(tmp_path, {**kept, **files}))
    made.commit("base")
    return made


def run(history: History, **options: object) -> Session:
    whole = {"base": "base", "changed": True, **options}
    return begin(RunOptions(history.folder, **whole), Surroundings(ENVIRON, Cleaner()))  # type: ignore[arg-type]


def plan(history: History, **options: object) -> Document:
    return plan_document(run(history, **options))


def write(history: History, name: str, text: str) -> None:
    (history.folder / "manifests" / f"{name}.yaml").write_text(text, encoding="utf-8")


def known(history: History) -> None:
    """A first run, after which what is kept says enough."""
    run(history)


def loaded(session: Session) -> list[str]:
    return [resource.address.name for resource in session.loaded.resources]


def of_base(session: Session) -> list[str]:
    assert session.base is not None
    return [address.name for address in session.base.resources]


def test_what_changed_is_loaded_alone_and_all_manifests_are_counted(history: History) -> None:
    write(history, "4", release("r4", "{description: theirs}"))
    known(history)
    session = run(history)
    assert session.beyond is not None
    assert (loaded(session), of_base(session)) == (["r4"], ["r4"])
    found = plan_document(session)
    assert (found.summary.update, found.summary.not_compared) == (1, COUNT - 1)
    assert found == plan(history, caches=False)


def test_a_file_that_nobody_has_read_yet_is_read_and_the_others_are_not(history: History) -> None:
    known(history)
    write(history, "4", release("r4", "{description: theirs}"))
    assert loaded(run(history)) == ["r4"]
    write(history, "5", release("r5", "{description: theirs}"))
    assert loaded(run(history)) == ["r4", "r5"]


def test_what_a_change_rests_on_and_what_rests_on_it_are_loaded_with_it(history: History) -> None:
    known(history)
    write(history, "1", release("r1", "{description: theirs}"))
    write(history, "4", release("r4", "{description: ours}", "dependsOn: [flexdeploy/Release/r0]"))
    session = run(history)
    assert loaded(session) == ["r0", "r1", "r2", "r4"]
    assert plan_document(session) == plan(history, caches=False)


def test_an_ordinary_plan_between_two_of_what_changed_takes_nothing_away(history: History) -> None:
    known(history)
    write(history, "4", release("r4", "{description: theirs}"))
    begin(RunOptions(history.folder), Surroundings(ENVIRON, Cleaner()))
    assert loaded(run(history)) == ["r4"]


def test_a_plan_of_what_changed_takes_nothing_from_an_ordinary_one(history: History) -> None:
    write(history, "4", release("r4", "{description: theirs}"))
    for _ in range(2):
        run(history)
    (cache,) = (
        file for file in history.folder.glob(".reconcile/cache/*.kept") if b"theirs" in file.read_bytes()
    )
    assert all(b'"r%d"' % n in cache.read_bytes() for n in range(COUNT))


def _first_run(history: History) -> None:
    pass


def _freeze(history: History) -> None:
    text = "freezes: [{name: f, from: '2026-12-23T18:00:00Z', until: '2027-01-04T06:00:00Z', reason: r}]\n"
    file = history.folder / "reconcile.yaml"
    file.write_text(file.read_text() + text)
    history.commit()
    history.git("tag", "--force", "base")
    known(history)


def _another_variable(history: History) -> None:
    known(history)
    file = history.folder / "reconcile.yaml"
    file.write_text(f"{file.read_text()}variables: {{a: 1}}\n")


def _another_guard(history: History) -> None:
    known(history)
    file = history.folder / "reconcile.yaml"
    file.write_text(f"{file.read_text()}guards: {{max_creates: 1}}\n")


def _another_place(history: History) -> None:
    known(history)
    file = history.folder / "reconcile.yaml"
    file.write_text(file.read_text().replace("127.0.0.1", "localhost"))


def _parts(history: History) -> None:
    write(history, "part", PART)
    history.commit()
    history.git("tag", "--force", "base")
    known(history)


def _a_new_part(history: History) -> None:
    known(history)
    write(history, "part", PART)


def _tracked(history: History) -> None:
    known(history)
    history.git("add", "--force", ".reconcile")


ALL_LOADED: tuple[Callable[[History], None], ...] = (
    _first_run, _freeze, _another_variable, _another_guard, _another_place, _parts, _a_new_part, _tracked,
)  # fmt: skip


@pytest.mark.parametrize("prepare", ALL_LOADED, ids=lambda prepare: prepare.__name__)
def test_everything_is_loaded_where_what_is_kept_does_not_say_enough(
    history: History, prepare: Callable[[History], None]
) -> None:
    prepare(history)
    write(history, "4", release("r4", "{description: theirs}"))
    session = run(history)
    assert session.beyond is None
    assert len(loaded(session)) >= COUNT
    assert plan_document(session) == plan(history, caches=False)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("4", release("r3"), "declared-twice"),
        ("4", release("r4", "{releaseName: r3}"), "claimed-twice"),
        ("4", release("r4", "{}", "dependsOn: [flexdeploy/Release/nobody]"), "unknown-reference"),
        ("1", release("r1", "{}", "absent: true"), "reference-to-tombstone"),
        ("1", release("renamed"), "unknown-reference"),
        ("1", release("r1", "{}", "dependsOn: [flexdeploy/Release/r2]"), "ring"),
        ("4", release("r4", "{descriptoin: ours}"), "unknown-field"),
        ("4", release("r4", "{}", "id: '..'"), "bad-id"),
    ],
)
def test_what_is_wrong_between_files_is_told_though_only_one_of_them_changed(
    history: History, name: str, text: str, code: str
) -> None:
    known(history)
    write(history, name, text)
    said = []
    for caches in (True, False):
        with pytest.raises(ProblemsFound) as error:
            run(history, caches=caches)
        said.append(error.value.problems)
    assert said[0] == said[1]
    assert code in {problem.code for problem in said[0]}


def test_what_is_to_be_known_for_too_long_by_now_is_told(history: History) -> None:
    until = "2027-02-27"
    entry = f"known: [{{path: description, live: x, reason: r, until: {until}}}]"
    write(history, "5", release("r5", "{description: ours}", entry))
    history.commit()
    history.git("tag", "--force", "base")
    early = Surroundings(ENVIRON, Cleaner(), begun="2026-12-15T00:00:00Z")
    options = RunOptions(history.folder, base="base", changed=True)
    for _ in range(2):
        session = begin(options, early)
    assert session.beyond is not None
    with pytest.raises(ProblemsFound, match="90 days"):
        begin(options, Surroundings(ENVIRON, Cleaner(), begun="2026-11-01T00:00:00Z"))


def test_a_live_object_that_a_manifest_which_was_not_loaded_claims_lets_all_be_loaded(
    history: History, wire: Wire
) -> None:
    known(history)
    write(history, "4", release("r4", "{releaseName: r4, description: theirs}", "id: 3"))
    found = plan(history)
    assert found.selected == ("flexdeploy/Release/r3", "flexdeploy/Release/r4")
    assert found == plan(history, caches=False)


def test_a_warning_is_told_of_what_is_compared_and_of_nothing_else(history: History) -> None:
    odd = "{description: 'from ${A}'}"
    write(history, "3", release("r3", odd))
    history.commit()
    history.git("tag", "--force", "base")
    write(history, "4", release("r4", odd))
    for caches in (False, True, True):
        problems = plan(history, caches=caches).problems
        assert [problem.source and problem.source.file for problem in problems] == ["manifests/4.yaml"]


def test_what_was_removed_is_dropped_and_its_system_is_still_used(history: History) -> None:
    known(history)
    (history.folder / "manifests/4.yaml").unlink()
    session = run(history)
    assert session.beyond is not None
    found = plan_document(session)
    assert [each.address for each in found.dropped] == ["flexdeploy/Release/r4"]
    assert found == plan(history, caches=False)


def test_each_environment_has_its_own_meaning(history: History, wire: Wire) -> None:
    url = wire.url
    whole = ENVIRONMENTS.replace("https://deploy.example.com/flexdeploy/rest/v1", url)
    (history.folder / "reconcile.yaml").write_text(whole)
    write(history, "4", release("r4", "{description: ours}", "environments: [staging]"))
    history.commit()
    history.git("tag", "--force", "base")
    write(history, "5", release("r5", "{description: theirs}"))
    for environment, left_out in (("staging", COUNT - 1), ("production", COUNT - 2)):
        for _ in range(2):
            session = run(history, environment=environment)
        assert session.beyond is not None
        assert plan_document(session).summary.not_compared == left_out


def test_a_folder_as_a_base_is_read_and_compared(history: History, tmp_path: Path) -> None:
    history.cloned(tmp_path.parent / f"{tmp_path.name}-base")
    base = f"../{tmp_path.name}-base"
    run(history, base=base)
    write(history, "4", release("r4", "{description: theirs}"))
    session = run(history, base=base)
    assert session.beyond is not None
    assert session.loaded.resources[0].address == Address("flexdeploy", "Release", "r4")
    assert plan_document(session) == plan(history, base=base, caches=False)
