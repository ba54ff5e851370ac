"""What does not depend on each other is under way at the same time, and what does is not."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from reconcile.laws.hand import as_it_is
from reconcile.model import Request, Response

from .bench import Bench, Manifest, Shown

RUN = {"plan_id": 1, "plan_stage_id": 2, "owner_id": 1, "requestor_id": 1}
PATIENCE = 20.0


@dataclass
class Meeting(Shown):
    """A client whose first write in each system waits until the other system's is under way, too."""

    parties: int = 2
    met: set[str] = field(default_factory=set)
    barrier: threading.Barrier = field(init=False)

    def __post_init__(self) -> None:
        self.barrier = threading.Barrier(self.parties, timeout=PATIENCE)

    def write(self, request: Request, leave_by: float = math.inf, *doors: Callable[[], None]) -> Response:
        if request.system not in self.met:
            self.met.add(request.system)
            self.barrier.wait()
        return self.client.write(request)


def manifests(*depends_on: str) -> tuple[Manifest, Manifest]:
    release: Manifest = {
        "apiVersion": "katalon/v1",
        "kind": "Release",
        "metadata": {"name": "law"},
        "spec": {},
    }
    metadata = {"name": "law", "dependsOn": list(depends_on)}
    return release, {"apiVersion": "brpm/v1", "kind": "Run", "metadata": metadata, "spec": RUN}


def applied(bench: Bench, client: Meeting) -> dict[str, str]:
    outcomes = bench.applied(lambda kind, endpoints, settings: client)
    return {outcome.address: outcome.status for outcome in outcomes}


def test_two_systems_are_written_to_at_the_same_time(bench: Bench) -> None:
    bench.start()
    bench.declare(*manifests())
    assert applied(bench, Meeting(bench.client, as_it_is)) == {
        "brpm/Run/law": "done",
        "katalon/Release/law": "done",
    }


def test_what_depends_on_another_waits_for_its_end(bench: Bench) -> None:
    bench.start()
    bench.declare(*manifests("katalon/Release/law"))
    bench.sandbox.clear_log()
    done = applied(bench, Meeting(bench.client, as_it_is, parties=1))
    assert done == {"katalon/Release/law": "done", "brpm/Run/law": "done"}
    sent = [entry.path for entry in bench.sandbox.log]
    assert sent.index("/brpm/v1/runs", sent.index("/api/v1/releases")) > max(
        index for index, path in enumerate(sent) if path.startswith("/api/v1/")
    )
