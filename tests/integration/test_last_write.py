"""A conflict says who wrote live last, and when: before an apply, and where the apply is refused."""

from __future__ import annotations

from pathlib import Path

from tests.support.history import History

from reconcile_sandbox import running

from .tool import Ran, run

PROJECT = """\
version: 1
systems: {{foundry: {{url: "{url}", auth: {{bearer: {{env: PW}}}}}}}}
"""
RID = "ri.scheduler.main.schedule.d4a2b3c5-6e7f-4a81-9ba2-c3d4e5f6a718"
TARGETS = ", ".join(
    f"ri.foundry.main.dataset.{each}"
    for each in ("2c3e7f74-3b2a-4e77-8c77-4c3b8b2f3d03", "1b2d6e63-2a1f-4d66-9b66-3b2a7a1e2c02")
)
SCHEDULE = f"""\
apiVersion: foundry/v2
kind: Schedule
metadata: {{name: orders, id: {RID}}}
spec:
  description: ours
  displayName: Orders by hand
  action: {{target: {{type: manual, targetRids: [{TARGETS}]}}}}
"""
WHO = "9a3f0c11-e3f5-4f3e-9f0e-2f1e9a4a1c55"
WRITTEN = {"updatedBy": WHO, "updatedTime": "2026-11-28T02:14:00.123Z"}
SAID = f"; live object last written 2026-11-28T02:14:00Z by {WHO}, whichever field"


def test_a_conflict_says_who_wrote_live_last_and_when(tmp_path: Path) -> None:
    with running() as sandbox:
        (tmp_path / "reconcile.yaml").write_text(PROJECT.format(url=sandbox.url))
        manifest = tmp_path / "manifests/orders.yaml"
        manifest.parent.mkdir()
        manifest.write_text(SCHEDULE)
        History(tmp_path).commit("base")
        manifest.write_text(SCHEDULE.replace("ours", "mine"))
        with sandbox.editing() as state:
            orders = next(each for each in state["foundry"]["schedules"] if each["rid"] == RID)
            orders.update(WRITTEN, description="theirs")

        def tool(*words: str) -> Ran:
            return run(*words, "--base", "base", "-C", str(tmp_path), environment={"PW": "demo"})

        words = f"conflict on description: live, base and manifests all differ{SAID}"
        assert words in tool("plan").out
        (refusal,) = tool("plan", "-o", "json").document["would_refuse"]
        assert refusal["message"] == words
        refused = tool("apply", "--yes")
        assert (refused.code, f"{words}; agree on a value" in refused.out + refused.err) == (4, True), refused
        assert words in tool("apply", "--yes", "-o", "json").document["outcomes"][0]["detail"]
        assert WHO not in tool("apply", "--yes", "--no-names").out
        assert WHO not in tool("plan", "-o", "json", "--no-names").out
