"""`reconcile accept` writes what is live into the manifests, and nothing else, over real sockets."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from tests.support.history import History

from reconcile_sandbox import Sandbox, running

from .tool import Ran, run

PROJECT = """\
version: 1
systems:
  flexdeploy:
    url: {url}/flexdeploy/rest/v1
    auth: {{basic: {{username: demo, password: {{env: PW}}}}}}
  katalon:
    url: {url}
    options: {{projectId: 4711}}
    auth: {{apiKey: {{env: PW}}}}
  brpm: {{url: "{url}/brpm", auth: {{token: {{env: PW}}}}}}
variables:
  nightly: 0 0 2 ? * MON-FRI # Quartz
  train: Spring
"""
TRAIN = """\
# The train.
apiVersion: flexdeploy/v1
kind: Release
metadata: {name: train}
spec:
  releaseName: "Spring"   # found by it
  description: ours # why
  pipelineName: Simple Pipeline
  scheduleBuildExpression: {var: nightly}
  properties:
    # who says yes
    - {propertyName: APPROVER, propertyValue: board}
    - propertyName: REGION # where
      propertyValue: 'eu'
"""
PAYMENTS = """\
apiVersion: flexdeploy/v1
kind: Project
metadata: {name: payments}
spec:
  release: {ref: flexdeploy/Release/train}
  projectId: 10000
  projectStreamId: 13900
  packageName: package1
  priority: 2 # soon
"""
LINK = """\
apiVersion: katalon/v1
kind: Release
metadata: {name: one}
spec: {name: One, startTime: "2026-12-01", endTime: "2026-12-18"}
---
apiVersion: katalon/v1
kind: Release
metadata: {name: two}
spec: {name: Two, startTime: "2026-12-01", endTime: "2026-12-18"}
---
apiVersion: katalon/v1
kind: ScheduleLink
metadata: {name: smoke}
spec: {runConfigurationId: 12345, releaseId: {ref: katalon/Release/one}}
"""


class Train:
    """A project that was applied and committed, in whose systems somebody then does something."""

    def __init__(self, folder: Path, sandbox: Sandbox, files: dict[str, str]) -> None:
        self.folder, self.sandbox = folder, sandbox
        sandbox.reset()
        for name, text in {"reconcile.yaml": PROJECT.format(url=sandbox.url), **files}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        self.history = History(folder)
        self.history.commit("base")
        assert self.run("apply", "--yes").code == 0
        assert "No changes." in self.run("plan", "--base", "base").out

    def run(self, *words: str) -> Ran:
        where = ("-C", str(self.folder)) if words[0] != "explain" else ()
        return run(*words, *where, environment={"PW": "demo"})

    def accept(self, *words: str) -> Ran:
        return self.run("accept", *(words or ("--base", "base")))

    def text(self, name: str = "manifests/train.yaml") -> str:
        return (self.folder / name).read_bytes().decode()

    def by_hand(self, change: Callable[[Any], None]) -> None:
        """Somebody changes the release in the system itself."""
        with self.sandbox.editing() as state:
            change(next(r for r in state["flexdeploy"]["releases"] if r["releaseName"] == "Spring"))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running() as sandbox:
        yield sandbox


@pytest.fixture
def train(tmp_path: Path, sandbox: Sandbox) -> Train:
    return Train(tmp_path, sandbox, {"manifests/train.yaml": TRAIN, "manifests/payments.yaml": PAYMENTS})


def described(text: str) -> Callable[[Any], None]:
    return lambda release: release.update(description=text)


def test_a_drifted_value_is_written_on_its_own_line_and_the_rest_stays(train: Train) -> None:
    train.by_hand(described("theirs"))
    ran = train.accept()
    assert ran.code == 0
    assert train.text() == TRAIN.replace("description: ours # why", "description: theirs # why")
    assert "-  description: ours # why\n+  description: theirs # why\n" in ran.out
    assert ran.err.endswith("Accept: 1 taken over, 0 refused.\n")
    assert "No changes." in train.run("plan").out
    again = train.accept()
    assert (again.code, again.out, again.err) == (0, "", "Nothing to accept.\n")


def test_the_manifest_that_owns_a_line_of_the_release_is_changed(train: Train) -> None:
    train.by_hand(lambda release: release["projects"][0].update(priority=7))
    assert train.accept().code == 0
    assert train.text("manifests/payments.yaml") == PAYMENTS.replace("priority: 2", "priority: 7")
    assert train.text() == TRAIN


def test_entries_come_and_go_with_their_lines(train: Train) -> None:
    def change(release: Any) -> None:
        release["properties"] = [
            {"propertyName": "REGION", "propertyValue": "us"},
            {"propertyName": "APPROVER", "propertyValue": "board"},
            {"propertyName": "EXTRA", "propertyValue": "a: b"},
        ]

    train.by_hand(change)
    assert train.accept().code == 0
    assert train.text() == TRAIN.replace("'eu'", "'us'") + dedent(
        """\
        #    - propertyName: EXTRA
        #      propertyValue: 'a: b'
        """
    ).replace("#", "")


def test_an_entry_that_is_gone_live_is_taken_out_with_its_comments(train: Train) -> None:
    train.by_hand(lambda release: release["properties"].pop(0))
    assert train.accept().code == 0
    gone = "    # who says yes\n    - {propertyName: APPROVER, propertyValue: board}\n"
    assert train.text() == TRAIN.replace(gone, "")


def test_a_dry_run_writes_nothing_and_git_applies_its_diff(train: Train) -> None:
    train.by_hand(described('say "yes"\tnow'))
    ran = train.accept("--base", "base", "--dry-run")
    assert (ran.code, train.text()) == (0, TRAIN)
    subprocess.run(["git", "apply"], cwd=train.folder, input=ran.out.encode(), check=True)
    assert "No changes." in train.run("plan").out


def test_a_conflict_is_named_and_taken_over_only_when_it_is_asked_for(train: Train) -> None:
    changed = TRAIN.replace("ours", "mine")
    (train.folder / "manifests/train.yaml").write_text(changed)
    train.by_hand(described("theirs"))
    left = train.accept()
    assert (left.code, train.text()) == (0, changed)
    assert "--only conflict takes it" in left.err
    assert train.accept("--base", "base", "--only", "conflict").code == 0
    assert train.text() == TRAIN.replace("ours", "theirs")


def test_a_change_of_ones_own_is_not_drift(train: Train) -> None:
    (train.folder / "manifests/train.yaml").write_text(TRAIN.replace("ours", "mine"))
    assert train.accept().err == "Nothing to accept.\n"


def rescheduled(release: Any) -> None:
    release["scheduleBuildExpression"] = "0 0 3 ? * MON-FRI"


def test_a_variable_is_refused_until_somebody_says_where(train: Train) -> None:
    train.by_hand(rescheduled)
    refused = train.accept()
    assert (refused.code, train.text()) == (4, TRAIN)
    assert "train.yaml:9:3: flexdeploy/Release/train scheduleBuildExpression: not accepted" in refused.err
    assert "used by flexdeploy/Release/train: say --at use or --at variable" in refused.err


def test_at_use_the_value_is_written_out(train: Train) -> None:
    train.by_hand(rescheduled)
    assert train.accept("--base", "base", "--at", "use").code == 0
    assert train.text() == TRAIN.replace("{var: nightly}", "0 0 3 ? * MON-FRI")


def test_at_variable_the_variable_changes_and_it_is_said_who_uses_it(train: Train) -> None:
    train.by_hand(rescheduled)
    ran = train.accept("--base", "base", "--at", "variable")
    assert (ran.code, train.text()) == (0, TRAIN)
    assert "  nightly: 0 0 3 ? * MON-FRI # Quartz\n" in train.text("reconcile.yaml")
    assert "reconcile.yaml:12:12: the variable nightly changes, for flexdeploy/Release/train" in ran.err


def test_a_variable_that_another_use_needs_as_it_is_stays(tmp_path: Path, sandbox: Sandbox) -> None:
    other = TRAIN.replace("name: train", "name: other").replace('"Spring"', '"Autumn"')
    train = Train(tmp_path, sandbox, {"manifests/train.yaml": TRAIN, "manifests/z.yaml": other})
    train.by_hand(rescheduled)
    ran = train.accept("--base", "base", "--at", "variable")
    assert ran.code == 4
    assert "its variable is used at manifests/z.yaml:9:3 too" in ran.err
    assert "nightly: 0 0 2 ?" in train.text("reconcile.yaml")


def test_a_variable_that_was_given_on_the_command_line_is_refused(train: Train) -> None:
    train.by_hand(rescheduled)
    ran = train.accept("--base", "base", "--at", "variable", "--var", "nightly=0 0 2 ? * MON-FRI")
    assert ran.code == 4
    assert "it is the variable nightly, which --var sets" in ran.err


def test_a_reference_becomes_the_one_to_the_object_that_is_live(tmp_path: Path, sandbox: Sandbox) -> None:
    train = Train(tmp_path, sandbox, {"manifests/link.yaml": LINK})
    with sandbox.editing() as state:
        two = next(r["id"] for r in state["katalon"]["releases"] if r["name"] == "Two")
        schedule = next(s for s in state["katalon"]["runConfigurations"] if s["id"] == 12345)
        schedule["releaseId"] = two
    assert train.accept().code == 0
    assert train.text("manifests/link.yaml") == LINK.replace(
        "{ref: katalon/Release/one}", "{ref: katalon/Release/two}"
    )


NAMES = """\
apiVersion: katalon/v1
kind: ScheduleLink
metadata: {name: smoke}
spec: {runConfigurationId: {named: Daily Smoke Test}, releaseId: {named: Release 1.1}}
---
apiVersion: brpm/v1
kind: Run
metadata: {name: uat}
spec:
  name: UAT
  plan_id: {named: Sample Plan}
  plan_stage_id: {named: uat}
  owner_id: {named: jdoe} # who else
  requestor_id: 1
"""


def test_a_name_becomes_that_of_the_one_object_that_is_live(tmp_path: Path, sandbox: Sandbox) -> None:
    train = Train(tmp_path, sandbox, {"manifests/names.yaml": NAMES})
    with sandbox.editing() as state:
        next(s for s in state["katalon"]["runConfigurations"] if s["id"] == 12345)["releaseId"] = 67891
        next(run for run in state["brpm"]["runs"] if run["name"] == "UAT")["owner_id"] = 3
    assert train.accept().code == 0
    now = NAMES.replace("{named: Release 1.1}", "{named: Release 1.3}").replace("jdoe", "ops")
    assert train.text("manifests/names.yaml") == now
    assert "No changes." in train.run("plan").out


def test_an_id_that_no_name_stands_for_alone_is_refused(tmp_path: Path, sandbox: Sandbox) -> None:
    train = Train(tmp_path, sandbox, {"manifests/names.yaml": NAMES})
    with sandbox.editing() as state:
        next(s for s in state["katalon"]["runConfigurations"] if s["id"] == 12345)["releaseId"] = 67891
        for release in state["katalon"]["releases"]:
            release["name"] = "Release 1.3" if release["id"] in (67890, 67891) else release["name"]
    ran = train.accept()
    assert (ran.code, train.text("manifests/names.yaml")) == (4, NAMES)
    assert "live is 67891, and no name stands for that alone: write the id" in ran.err


def test_live_data_never_becomes_an_instruction(train: Train) -> None:
    train.by_hand(lambda release: release.update(description="{env: PW}"))
    assert train.accept().code == 0
    assert 'description: "{env: PW}"' in train.text()


def test_what_is_not_there_is_refused_with_what_to_do(train: Train) -> None:
    with train.sandbox.editing() as state:
        state["flexdeploy"]["releases"] = [
            r for r in state["flexdeploy"]["releases"] if r["releaseName"] != "Spring"
        ]
    ran = train.accept("--target", "flexdeploy/Release/train")
    assert (ran.code, train.text()) == (4, TRAIN), ran
    assert "the object is not there live: take the manifest out, or apply" in ran.err


def test_a_sensitive_property_is_never_written(tmp_path: Path, sandbox: Sandbox) -> None:
    secret = TRAIN + "    - {propertyName: API_KEY, propertyValue: {env: KEY}}\n"
    sandbox.reset()
    train = Train.__new__(Train)
    train.folder, train.sandbox = tmp_path, sandbox
    for name, text in {
        "reconcile.yaml": PROJECT.format(url=sandbox.url),
        "manifests/train.yaml": secret,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    History(tmp_path).commit("base")
    words = {"PW": "demo", "KEY": "s3cret-of-ours"}
    assert run("apply", "--yes", "-C", str(tmp_path), environment=words).code == 0
    train.by_hand(lambda release: release["properties"][-1].update(propertyValue="s3cret-of-theirs"))
    ran = run("accept", "--base", "base", "-C", str(tmp_path), environment=words)
    assert (ran.code, train.text()) == (4, secret)
    assert "it is sensitive, and nothing sensitive is written" in ran.err
    assert "s3cret" not in ran.out + ran.err


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--only", "conflict"),
        ("--base", "base", "--only", "drift"),
        ("--base", "base", "--until", "2026-12-24"),
    ],
)
def test_nothing_that_says_which_differences_is_usage(train: Train, words: tuple[str, ...]) -> None:
    assert train.run("accept", *words).code == 64


def test_line_ends_and_the_byte_order_mark_stay(tmp_path: Path, sandbox: Sandbox) -> None:
    text = "\ufeff" + TRAIN.replace("\n", "\r\n")
    train = Train(tmp_path, sandbox, {"manifests/train.yaml": text})
    train.by_hand(described("theirs"))
    assert train.accept().code == 0
    assert train.text() == text.replace("ours", "theirs")


def test_what_validate_would_refuse_is_refused_and_the_rest_is_taken(train: Train) -> None:
    def change(release: Any) -> None:
        release.update(description="theirs", scheduleBuildExpression="not a schedule")

    train.by_hand(change)
    ran = train.accept("--base", "base", "--at", "use")
    assert ran.code == 4
    assert "scheduleBuildExpression: not accepted: validate refuses it" in ran.err
    assert "Accept: 1 taken over, 1 refused." in ran.err
    assert train.text() == TRAIN.replace("ours", "theirs")


def test_of_many_objects_only_what_validate_refuses_is_refused(tmp_path: Path, sandbox: Sandbox) -> None:
    every = [f"Train {number}" for number in range(7)]
    files = {
        f"manifests/{name}.yaml": f"""\
apiVersion: flexdeploy/v1
kind: Release
metadata: {{name: "{name.replace(" ", "-")}"}}
spec: {{releaseName: {name}, description: ours, scheduleBuildExpression: 0 0 2 ? * MON-FRI}}
"""
        for name in every
    }
    train = Train(tmp_path, sandbox, files)
    with sandbox.editing() as state:
        for release in (r for r in state["flexdeploy"]["releases"] if r["releaseName"] in every):
            release["description"] = "theirs"
            if release["releaseName"] in every[2:4]:
                release["scheduleBuildExpression"] = "not a schedule"
    ran = train.accept()
    assert (ran.code, ran.err.count("validate refuses it")) == (4, 2), ran
    assert "Accept: 7 taken over, 2 refused." in ran.err
    assert not any("ours" in train.text(name) for name in files)


def test_known_is_written_beside_the_manifest_and_the_drift_is_green_until_then(train: Train) -> None:
    train.by_hand(described("theirs"))
    words = ("--base", "base", "--known", "--until", soon(), "--reason", "INC-4711: hands off")
    ran = train.accept(*words)
    assert ran.code == 0, ran
    assert ran.err.endswith("Accept: 1 written down as known, 0 refused.\n")
    entry = [
        "known:",
        "path: description",
        "live: theirs",
        "reason: INC-4711: hands off",
    ]
    assert all(part.split(": ", 1)[-1] in train.text() for part in entry)
    drift = train.run("drift", "--base", "base")
    assert (drift.code, "1 known" in drift.out) == (0, True), drift
    assert "No drift." in drift.out
    assert train.accept(*words).err == "Nothing to accept.\n"


@pytest.mark.parametrize("live", ["theirs", "by somebody before"])
def test_an_entry_that_is_over_or_of_another_value_is_renewed_in_its_place(
    tmp_path: Path, sandbox: Sandbox, live: str
) -> None:
    old = f"""\
metadata:
  name: train
  known:
    - path: description # of the train
      live: {live}
      reason: 'INC-1'
      until: 2026-01-01 # renew it
"""
    text = TRAIN.replace("metadata: {name: train}\n", old)
    train = Train(tmp_path, sandbox, {"manifests/train.yaml": text})
    train.by_hand(described("theirs"))
    words = ("--known", "--until", soon(), "--reason", "INC-2")
    assert train.accept("--base", "base", *words).code == 0
    assert train.text() == text.replace(f"live: {live}", "live: theirs").replace("INC-1", "INC-2").replace(
        "2026-01-01", soon()
    )
    assert "No drift." in train.run("drift", "--base", "base").out


@pytest.mark.parametrize("until", ["2020-01-01", "2099-01-01", "soon"])
def test_a_day_that_is_over_or_too_far_is_usage(train: Train, until: str) -> None:
    ran = train.accept("--base", "base", "--known", "--until", until, "--reason", "INC-4711")
    assert (ran.code, train.text()) == (64, TRAIN)


SECRET = "s3cret-of-ours"
ALL = ("--target", "*")


@pytest.fixture
def sharing(tmp_path: Path, sandbox: Sandbox) -> Train:
    """A train one of whose properties draws on a secret of the run."""
    sandbox.reset()
    train = Train.__new__(Train)
    train.folder, train.sandbox = tmp_path, sandbox
    secret = TRAIN + "    - {propertyName: OWNER, propertyValue: {env: OWNER}}\n"
    (tmp_path / "manifests").mkdir()
    (tmp_path / "reconcile.yaml").write_text(PROJECT.format(url=sandbox.url))
    (tmp_path / "manifests/train.yaml").write_text(secret)
    History(tmp_path).commit("base")
    assert with_secret(train, "apply", "--yes").code == 0
    return train


def with_secret(train: Train, *words: str) -> Ran:
    return run(*words, "-C", str(train.folder), environment={"PW": "demo", "OWNER": SECRET})


@pytest.mark.parametrize("more", [(), ("--known",)])
def test_a_live_text_that_holds_a_secret_of_the_run_is_never_written(
    sharing: Train, more: tuple[str, ...]
) -> None:
    def leak(release: Any) -> None:
        release["description"] = f"ask for {SECRET}"
        release["properties"].append({"propertyName": "EXTRA", "propertyValue": SECRET})

    before = sharing.text()
    sharing.by_hand(leak)
    more = (*more, "--until", soon(), "--reason", "INC-4711") if more else ()
    ran = with_secret(sharing, "accept", "--base", "base", *more)
    assert (ran.code, sharing.text(), ran.out) == (4, before, ""), ran
    assert ran.err.count("live holds the text of a secret, and nothing secret is written") == 2
    assert SECRET not in ran.err


def test_a_secret_in_the_reason_is_not_written_either(sharing: Train) -> None:
    before = sharing.text()
    sharing.by_hand(described("theirs"))
    words = ("--known", "--until", soon(), "--reason", f"they use {SECRET}")
    ran = with_secret(sharing, "accept", "--base", "base", *words)
    assert (ran.code, sharing.text()) == (4, before)


@pytest.mark.parametrize("words", [("--only", "conflict", *ALL), ()])
def test_a_base_that_is_not_there_yet_says_nothing_of_which_differences(
    train: Train, words: tuple[str, ...]
) -> None:
    train.by_hand(described("theirs"))
    ran = train.accept("--base-or-none", "reconcile/default", *words)
    assert (ran.code, train.text()) == (64, TRAIN)
    assert "reconcile/default is no base yet: say by PATH or --target which differences" in ran.err
    assert train.accept("--base-or-none", "reconcile/default", *ALL).code == 0
    assert "theirs" in train.text()


def test_an_entry_that_validate_refuses_is_refused_alone_and_no_traceback(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    """The live value of an entry is a mapping, which no set can hold."""
    text = TRAIN + "  projects: [{projectId: 10000, projectStreamId: 13900, requestAllFiles: true}]\n"
    train = Train(tmp_path, sandbox, {"manifests/train.yaml": text})

    def change(release: Any) -> None:
        release.update(description="theirs")
        release["projects"].append({"projectId": "no number", "projectStreamId": 13900})

    train.by_hand(change)
    ran = train.accept()
    assert (ran.code, train.text()) == (4, text.replace("ours", "theirs")), ran
    assert "projects[no number]: not accepted: validate refuses it" in ran.err


def test_a_number_for_a_text_is_written_in_quotes_and_is_in_sync(tmp_path: Path, sandbox: Sandbox) -> None:
    text = TRAIN.replace("description: ours # why", "description: 1.10 # why")
    train = Train(tmp_path, sandbox, {"manifests/train.yaml": text})
    train.by_hand(described("1.20"))
    assert train.accept().code == 0
    assert train.text() == text.replace("1.10", '"1.20"')
    assert "No changes." in train.run("plan").out


def test_a_number_beyond_any_range_beside_it_stays(tmp_path: Path, sandbox: Sandbox) -> None:
    text = TRAIN.replace("'eu'", "123456789012345678901234567890")
    train = Train(tmp_path, sandbox, {"manifests/train.yaml": text})
    train.by_hand(described("theirs"))
    assert train.accept().code == 0
    assert train.text() == text.replace("ours", "theirs")


def test_what_a_build_server_would_obey_is_neither_in_the_file_nor_in_the_diff(train: Train) -> None:
    train.by_hand(described("##vso[task.complete]\n::error::x\u202e"))
    ran = train.accept()
    assert ran.code == 0
    assert "\\u0023#vso[task.complete]\\n::error::x\\u202E" in train.text()
    assert "##" not in ran.out
    assert "\u202e" not in ran.out + train.text()
    assert "No changes." in train.run("plan").out


@pytest.mark.parametrize(
    "name", ["two words.yaml", "zürich.yaml", 'say "x".yaml', "tab\there.yaml", "b\\s.yaml"]
)
def test_git_applies_the_diff_of_a_file_whatever_its_name(
    tmp_path: Path, sandbox: Sandbox, name: str
) -> None:
    train = Train(tmp_path, sandbox, {f"manifests/{name}": TRAIN})
    train.by_hand(described("theirs"))
    ran = train.accept("--base", "base", "--dry-run")
    assert (ran.code, train.text(f"manifests/{name}")) == (0, TRAIN)
    subprocess.run(["git", "apply", "-"], cwd=train.folder, input=ran.out.encode(), check=True)
    assert "theirs" in train.text(f"manifests/{name}")
    said = subprocess.run(["git", "diff"], cwd=train.folder, capture_output=True, check=True).stdout.decode()
    names = [line for line in ran.out.splitlines() if line.startswith(("--- ", "+++ "))]
    assert [line for line in said.splitlines() if line.startswith(("--- ", "+++ "))] == names


def soon() -> str:
    """Return a day within the next ninety."""
    return str(date.today() + timedelta(days=20))
