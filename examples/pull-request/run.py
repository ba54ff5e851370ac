"""Makes the pull request that a reviewer dreads, and writes what plan says of it in every format.

A small git history: the release train as it was deployed, then a branch that changes two fields, takes a
night out of the build schedule, and renames a run. Meanwhile somebody has been at the live systems: one
difference is theirs alone, one is a conflict.

    python run.py [--to FOLDER]
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

HERE = Path(__file__).resolve().parent
TRAIN = HERE.parent / "release-train"
TOOL = [sys.executable, "-P", "-m", "reconcile"]
BASE = "reconcile/staging"
REPORTS = {
    "text": "plan.txt",
    "json": "plan.json",
    "markdown": "plan.md",
    "html": "plan.html",
    "github": "plan.github",
    "junit": "plan.xml",
    "terraform-report": "plan.tfreport.json",
}
CHANGED = "changed.txt"
"""The same review, of what the branch touches alone."""

BRANCH = (
    ("manifests/flexdeploy.yaml", "All that leaves in spring.", "Everything that leaves in spring."),
    ("manifests/flexdeploy.yaml", "priority: 2", "priority: 1"),
    ("reconcile.yaml", "nightly: 0 0 2 ? * MON-FRI", "nightly: 0 0 2 ? * MON-THU"),
    ("manifests/brpm.yaml", "  name: Spring Train\n", "  name: Spring Train, second try\n"),
    ("manifests/brpm.yaml", "Carries the spring train.", "Carries the spring train, again."),
)
"""What the pull request changes: file, before, after."""

WHO = {"NAME": "Example", "EMAIL": "example@example.com", "DATE": "2026-12-01T09:00:00Z"}
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("RECONCILE_", "GIT_"))},
    **{f"GIT_{role}_{name}": value for role in ("AUTHOR", "COMMITTER") for name, value in WHO.items()},
    **dict.fromkeys(("FLEXDEPLOY_USER", "FLEXDEPLOY_PASSWORD", "KATALON_API_KEY", "BRPM_TOKEN"), "demo"),
    **{"FOUNDRY_TOKEN": "demo", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "CI": ""},
}


def main(to: Path) -> None:
    """Plays it all in a folder that is thrown away; the reports stay in `to`."""
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sandbox() as url:
        project = Path(folder) / "train"
        deployed(project, url)
        branched(project)
        touched(url)
        planned(project, to.resolve())


@contextmanager
def sandbox() -> Iterator[str]:
    """The systems, on a free port of this machine; gives where."""
    command = [*TOOL, "sandbox", "--port", "0"]
    with subprocess.Popen(  # noqa: S603  # our own words
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=ENVIRONMENT
    ) as served:
        try:
            lines = map(re.compile(r"http://127\.0\.0\.1:\d+").search, served.stdout or ())
            url = next((found[0] for found in lines if found), None)
            if url is None:
                sys.exit("the sandbox does not start: install it with pip install '.[sandbox]'")
            yield url
        finally:
            served.terminate()


def deployed(project: Path, url: str) -> None:
    """The release train, committed, applied, and tagged as what is deployed."""
    shutil.copytree(TRAIN, project, ignore=shutil.ignore_patterns(".reconcile"))
    rewritten(project / "reconcile.yaml", "http://127.0.0.1:8765", url)
    run(project, "git", "init", "--quiet", "--initial-branch", "main")
    run(project, "git", "add", "reconcile.yaml", "manifests")
    run(project, "git", "commit", "--quiet", "--message", "The spring train")
    run(project, *TOOL, "apply", "--env", "staging", "--yes")
    run(project, "git", "tag", BASE)


def branched(project: Path) -> None:
    """The branch that is to be reviewed."""
    run(project, "git", "switch", "--quiet", "--create", "second-try")
    for file, before, after in BRANCH:
        rewritten(project / file, before, after)
    run(project, "git", "commit", "--quiet", "--all", "--message", "A second try")


def touched(url: str) -> None:
    """What others do past the manifests: a description, a schedule that is unlinked."""
    flexdeploy = f"{url}/flexdeploy/rest/v1/releases"
    train = next(
        found
        for found in asked("GET", flexdeploy, "demo:demo")
        if found["releaseName"] == "Spring Train (staging)"
    )
    by_hand = {"releaseName": train["releaseName"], "description": "Ask Jo before you touch this"}
    asked("PATCH", f"{flexdeploy}/{train['releaseId']}", "demo:demo", by_hand)
    asked("POST", f"{url}/api/v1/run-configurations/12345/unlink-release", ":demo")


def planned(project: Path, to: Path) -> None:
    """One run, every format; a second one, of what the branch changed."""
    reports = [word for name, file in REPORTS.items() for word in ("--report", f"{name}={to / file}")]
    plan = (*TOOL, "plan", "--env", "staging", "--base", BASE)
    print(run(project, *plan, *reports), end="")  # noqa: T201
    run(project, *plan, "--changed", "--report", f"text={to / CHANGED}")


def run(project: Path, *command: str) -> str:
    """What the command prints; an exception where it fails."""
    done = subprocess.run(command, cwd=project, env=ENVIRONMENT, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def rewritten(file: Path, before: str, after: str) -> None:
    """Puts `after` in the place of `before`."""
    text = file.read_text("utf-8")
    if before not in text:
        sys.exit(f"{file} does not say {before}")
    file.write_text(text.replace(before, after), "utf-8")


def asked(method: str, url: str, login: str, body: object = None) -> list[dict[str, str]]:
    """The answer to a request of somebody who does not use this tool."""
    headers = {
        "Authorization": f"Basic {base64.b64encode(login.encode()).decode()}",
        "Content-Type": "application/json",
    }
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, headers, method=method), timeout=30) as answer:  # noqa: S310
        found: list[dict[str, str]] = json.load(answer)
        return found


def arguments(words: Sequence[str]) -> Path:
    """Where the reports are to go."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--to", type=Path, default=HERE / "reports", help="default: reports, beside this script"
    )
    found: Path = parser.parse_args(words).to
    return found


if __name__ == "__main__":
    main(arguments(sys.argv[1:]))
