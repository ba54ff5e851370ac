"""`plan --changed` compares what a changed resource refers to and is not there, so that it is made first."""

from __future__ import annotations

from pathlib import Path

from tests.support.history import History

from reconcile_sandbox import running

from .tool import run

PROJECT = """\
version: 1
systems: {{katalon: {{url: "{url}", options: {{projectId: 4711}}, auth: {{apiKey: {{env: PW}}}}}}}}
"""
RELEASES = """\
apiVersion: katalon/v1
kind: Release
metadata: {name: train}
spec: {name: A train that nobody made}
---
apiVersion: katalon/v1
kind: Release
metadata: {name: other}
spec: {name: Another that nobody made}
"""
LINK = """\
apiVersion: katalon/v1
kind: ScheduleLink
metadata: {name: smoke}
spec: {runConfigurationId: 12345, releaseId: {ref: katalon/Release/train}}
"""


def test_what_a_change_refers_to_and_is_not_there_is_made_first(tmp_path: Path) -> None:
    with running() as sandbox:
        (tmp_path / "reconcile.yaml").write_text(PROJECT.format(url=sandbox.url))
        (tmp_path / "manifests").mkdir()
        (tmp_path / "manifests/releases.yaml").write_text(RELEASES)
        History(tmp_path).commit("base")
        (tmp_path / "manifests/link.yaml").write_text(LINK)
        words = ("plan", "--base", "base", "--changed", "-o", "json", "-C", str(tmp_path))
        document = run(*words, environment={"PW": "demo"}).document
    made = [(operation["action"], operation["address"]) for operation in document["operations"]]
    assert made[0] == ("create", "katalon/Release/train")
    assert [address for _, address in made] == ["katalon/Release/train", "katalon/ScheduleLink/smoke"]
    assert document["summary"]["not_compared"] == 1
