"""Counts what a plan over several systems asks: one list for a system and kind, each page of it once.

Counted against the sandbox, which has pages and the vendors' own paths; timed is only how pages overlap.
"""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from bench.measure import clean, costs, once
from bench.stage import ENVIRONMENT, RECONCILE, Stage
from bench.table import Count, Ratio

SIZE = 100
"""Rows of a Katalon page, as reconcile asks for them."""

RELEASES, OTHERS = 250, 20
LONG, LATENCY, AT_ONCE = 2_500, 0.1, 8
LIMIT = 2.5
PROJECT = 4711
FIRST_SCHEDULE = 12348

FLEXDEPLOY = "apiVersion: flexdeploy/v1\nkind: Release\nmetadata: {{name: train-{n}}}\n"
KATALON = "apiVersion: katalon/v1\nkind: Release\nmetadata: {{name: tests-{n}}}\n"
LINK = """apiVersion: katalon/v1
kind: ScheduleLink
metadata: {{name: link-{n}}}
spec: {{runConfigurationId: {schedule}, releaseId: {{ref: katalon/Release/tests-{n}}}}}
"""
RUN = """apiVersion: brpm/v1
kind: Run
metadata: {{name: run-{n}}}
spec: {{name: run-{n}, plan_id: 1, plan_stage_id: 1, owner_id: 1, requestor_id: 1}}
"""
SYSTEMS = """version: 1
systems:
  flexdeploy:
    url: {url}/flexdeploy/rest/v1
    auth: {{basic: {{username: demo, password: {{env: BENCH_PASSWORD}}}}}}
  katalon: {{url: "{url}", options: {{projectId: {project}}}, auth: {{apiKey: {{env: BENCH_PASSWORD}}}}}}
  brpm: {{url: "{url}/brpm", auth: {{token: {{env: BENCH_PASSWORD}}}}}}
"""


def lists(folder: Path) -> list[Count]:
    """Return the requests of a plan over three systems and four kinds, by what was asked for."""
    with _staged(folder, RELEASES, _documents()) as stage:
        once(stage.reconcile("plan"))
        found = asked(stage.url)
    pages = -(-RELEASES // SIZE)
    return [
        Count(f"plan of {OTHERS} FlexDeploy releases: lists", 1, found["GET /flexdeploy/rest/v1/releases"]),
        Count(
            f"plan of {RELEASES} Katalon releases: pages, and a list that checks ids",
            pages + 1,
            found["Release"],
        ),
        Count(f"plan of {OTHERS} Katalon links: lists", 1, found["RunConfiguration"]),
        Count(f"plan of {OTHERS} BRPM runs: lists", 1, found["GET /brpm/v1/runs"]),
        Count("plan of all of them: requests, those that check ids among them", pages + 7, found.total()),
    ]


def overlap(folder: Path, rounds: int) -> Ratio:
    """Return how much sooner a plan ends that reads the pages of a slow list several at a time."""
    with _staged(folder, LONG, [KATALON.format(n=1)], f"katalon.delay={LATENCY}") as stage:
        asking = {str(n): stage.reconcile("plan", "--parallelism", str(n)) for n in (1, AT_ONCE)}
        one, many = (cost.seconds for cost in costs(asking, rounds).values())
    pages = f"{LONG // SIZE} pages of {LATENCY * 1000:g} ms"
    what = f"plan over a list of {pages}, one at a time ÷ {AT_ONCE} at a time"
    return Ratio(what, LIMIT, one / many, least=True)


@contextmanager
def _staged(folder: Path, releases: int, documents: Iterable[str], *switches: str) -> Iterator[Stage]:
    """Yield a project of these documents, with a sandbox that has so many Katalon releases."""
    (folder / "manifests").mkdir(parents=True)
    (folder / "manifests" / "all.yaml").write_text("---\n".join(documents))
    rows = [{"id": n, "name": f"tests-{n}", "projectId": PROJECT} for n in range(1, releases + 1)]
    state = folder / "state.json"
    state.write_text(json.dumps({"katalon": {"releases": rows}}))
    with sandbox(state, switches) as url:
        (folder / "reconcile.yaml").write_text(SYSTEMS.format(url=url, project=PROJECT))
        yield Stage(folder, url)


def _documents() -> Iterator[str]:
    yield from (KATALON.format(n=n) for n in range(1, RELEASES + 1))
    for n in range(1, OTHERS + 1):
        yield FLEXDEPLOY.format(n=n)
        yield LINK.format(n=n, schedule=FIRST_SCHEDULE + n)
        yield RUN.format(n=n)


def asked(url: str) -> Counter[str]:
    """Count how often each type was searched for, and each other path asked for."""
    with urlopen(f"{url}/_sandbox/log") as answer:  # noqa: S310 - the sandbox, on loopback
        log = json.loads(answer.read())
    return Counter(
        each["body"]["type"] if each["path"].endswith("/search") else f"{each['method']} {each['path']}"
        for each in log
    )


@contextmanager
def sandbox(state: Path, switches: Iterable[str]) -> Iterator[str]:
    """Yield the address of a sandbox with this state until the block ends."""
    argv = [RECONCILE, "sandbox", "--port", "0", "--state", str(state)]
    argv += [part for switch in switches for part in ("--option", switch)]
    process = subprocess.Popen(
        argv, env=clean(ENVIRONMENT), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield next(word for line in process.stdout or () for word in line.split() if "://" in word)
    finally:
        process.terminate()
        process.communicate()
