"""What a live text repeats of a secret of the run stands in no output, and no output harms an input."""

from __future__ import annotations

import base64
import html
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.integration.tool import Ran, run
from tests.support.full_disk import on_a_full_disk
from tests.support.http import Wire, served
from tests.support.projects import release
from tests.support.servers import EMPTY

from reconcile.cli import console, output
from reconcile.live_manifests import INSTRUCTION, manifests
from reconcile.model import Live
from reconcile.reports.exported_yaml import render
from reconcile.reports.formats import FORMATS
from reconcile.systems import Installed
from reconcile.transport.folding import readings

from .canaries import TOKEN

SECRETS = {
    "quotes": "Tr0ub\"4dor'and`3horses",
    "markup": "Tr0ub&4dor<and>3;horses",
    "blanks": "Tr0ub 4dor and  3 horses",
    "percent": "Tr0ub%4dor%20and=3:horses,",
    "letters": "Tröub🐎4dor-und-3-Pferde",
    "lines": "-----BEGIN-----\nTr0ub4dor\tand\n3horses\n-----END-----",
    "commands": "::Tr0ub##[4dor]and--horses",
    "short": "Tr0ub",
}
SPELLINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "url": lambda text: quote(text, safe=""),
    "url in part": lambda text: "".join(
        f"%{ord(c):02x}" if c.isascii() and at % 2 else quote(c) for at, c in enumerate(text)
    ),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "HTML": html.escape,
    "HTML by hex number": lambda text: "".join(f"&#x{ord(char):x};" for char in text),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
}
RUNS = (
    ("plan", "--out", "plan.json"),
    ("drift", "-v"),
    ("show", "plan.json"),
    ("export",),
    ("export", "-o", "json"),
    ("export", "--to", "exported"),
    ("apply", "--yes", "--settle", "0", "--out", "record.json"),
    ("show", "record.json"),
)


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A server with one release."""
    with served({"releaseId": 500, "releaseName": "Train", **EMPTY, "description": "theirs"}) as one:
        yield one


class Project:
    """A project of one release, at a server that takes any password."""

    def __init__(self, folder: Path, wire: Wire) -> None:
        self.folder, self.wire = folder, wire
        auth = {"basic": {"username": "me", "password": {"env": "PW"}}}
        systems = {"flexdeploy": {"url": wire.url, "auth": auth}}
        (folder / "reconcile.yaml").write_text(json.dumps({"version": 1, "systems": systems}))
        (folder / "manifests").mkdir()
        (folder / "manifests/t.yaml").write_text(release("t", "{releaseName: Train, description: ours}"))

    @property
    def description(self) -> str:
        """What stands in the one live release that is declared."""
        return str(self.wire.releases.rows[500]["description"])

    def run(self, password: str, *arguments: str) -> Ran:
        """One command, with a report in each format."""
        reports = [f"--report={name}={self.folder / f'report.{name}'}" for name in FORMATS]
        plain = arguments[0] == "export"
        given = [
            str(self.folder / it) if it.endswith(".json") or it == "exported" else it for it in arguments
        ]
        return run("-C", str(self.folder), *given, *(() if plain else reports), environment={"PW": password})

    def written(self) -> str:
        """All that stands in files but what the test wrote."""
        ours = {"reconcile.yaml", "t.yaml"}
        files = (path for path in self.folder.rglob("*") if path.is_file() and path.name not in ours)
        return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in files)


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_no_command_repeats_a_secret_that_stands_in_a_live_text_in_any_format(
    wire: Wire, tmp_path: Path, secret: str
) -> None:
    forms = [spell(secret) for spell in SPELLINGS.values()]
    project = Project(tmp_path, wire)
    wire.releases.rows[500]["description"] = f"{'x' * 180} see {' and '.join(forms)} please"
    for number, form in enumerate(forms, 501):
        wire.releases.rows[number] = {"releaseId": number, "releaseName": f"Other {form}", **EMPTY}
    plain = next(iter(readings(secret)))
    for arguments in RUNS:
        ran = project.run(secret, *arguments)
        assert ran.code in (0, 2), ran
        assert arguments[0] != "export" or not re.search(
            r"^ *description:", ran.out + project.written(), re.M
        )
        for text in (ran.out, ran.err, project.written()):
            for reading in readings(text):
                assert plain[:8].lower() not in reading.lower(), arguments  # nor a part of one that was cut
                assert not [form for form in forms if form in reading], arguments
    assert project.description == "ours"


def test_what_a_system_showed_as_a_secret_stays_out_of_what_it_says_later(wire: Wire, tmp_path: Path) -> None:
    project = Project(tmp_path, wire)
    wire.releases.rows[500]["properties"] = [{"propertyName": "API_TOKEN", "propertyValue": TOKEN}]
    for spell in SPELLINGS.values():
        wire.fallbacks["PATCH"] = (400, {"message": f"not with {spell(TOKEN)}"})
        ran = project.run("any", "apply", "--yes", "--settle", "0", "--out", "record.json")
        assert (ran.code, "not with ***" in ran.out) == (3, True), ran
        assert TOKEN not in "".join([*readings(ran.out + ran.err), *readings(project.written())])


def test_what_is_printed_and_each_file_go_through_the_cleaning_sink(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = console.Sink()
    own.through(lambda text: text.replace("horse", "***"))
    own.say("a horse")
    own.tell("a horse")
    assert capsys.readouterr() == ("a ***\n", "a ***\n")
    console.SINK.through(own.clean)
    try:
        output.save(tmp_path / "record.json", "a horse")
    finally:
        console.SINK.through(str)
    assert (tmp_path / "record.json").read_text() == "a ***"


def test_no_output_takes_the_place_of_what_the_run_reads(wire: Wire, tmp_path: Path) -> None:
    project = Project(tmp_path, wire)
    (tmp_path / "link").symlink_to("manifests/t.yaml")
    (tmp_path / "project").symlink_to("reconcile.yaml")
    (tmp_path / "hard").hardlink_to(tmp_path / "reconcile.yaml")
    before = {name: (tmp_path / name).read_bytes() for name in ("manifests/t.yaml", "reconcile.yaml")}
    for name in ("manifests/t.yaml", "reconcile.yaml", "link", "project", "hard"):
        for arguments in (("plan", "--out"), ("drift", "--out"), ("apply", "--yes", "--out")):
            ran = run("-C", str(tmp_path), *arguments, str(tmp_path / name), environment={"PW": "any"})
            assert ran.code == 64, ran
    assert before == {name: (tmp_path / name).read_bytes() for name in before}
    assert project.description == "theirs"


def test_on_a_full_disk_a_record_is_as_it_was(wire: Wire, tmp_path: Path) -> None:
    project = Project(tmp_path, wire)
    place = tmp_path / "plan.json"
    place.write_text("as it was")
    ran = subprocess.run(
        on_a_full_disk("plan", "--out", "plan.json"),
        cwd=project.folder,
        env={**os.environ, "PW": "any"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (ran.returncode, place.read_text()) == (1, "as it was"), ran.stderr


@pytest.mark.parametrize("form", ["env", "var", "ref", "named", "file"])
def test_no_live_value_is_exported_as_an_instruction(form: str) -> None:
    system = Installed()["foundry"]
    kind = next(kind for kind in system.kinds if kind.name == "Schedule")
    for value in ({form: "PATH"}, {"type": "x", "of": [{"a": {form: "PATH"}}]}):
        (manifest,) = manifests("foundry", kind, [Live("7", "seven", {"displayName": "a", "trigger": value})])
        assert form not in render([manifest]).replace("has the form of {env: …}", "")
        assert f"trigger: {INSTRUCTION}\n" in render([manifest])
