"""Completion as somebody has it who presses a key: in bash, zsh and fish, where these are."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.projects import PROJECT, release, written

ENVIRONMENTS = 'environments: {staging: {}, production: {}, "$(touch no)": {}}\n'
RECORDED = """\
#!/bin/sh
[ "$1" = completion ] || [ -n "$_RECONCILE_COMPLETE" ] && exec {python} -P -m reconcile "$@"
printf '%s\\n' "$@" > {typed}
"""
"""The tool, of which all but what completes it only writes down how it was called."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two environments and one release, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("HOME", "ZDOTDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    files = {"reconcile.yaml": PROJECT + ENVIRONMENTS, "manifests/a.yaml": release("spring")}
    folder = written(tmp_path / "project", files)
    place = tmp_path / "bin"
    place.mkdir()
    (place / "reconcile").write_text(RECORDED.format(python=sys.executable, typed=tmp_path / "typed"))
    (place / "reconcile").chmod(0o755)
    monkeypatch.setenv("PATH", f"{place}:{os.environ['PATH']}")
    monkeypatch.chdir(folder)
    return folder


def in_shell(shell: str, script: str) -> list[str]:
    """What a shell prints that runs a script."""
    ran = subprocess.run([shell, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    return ran.stdout.splitlines()


BASH = """
source <(reconcile completion bash)
COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _reconcile
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
OFFERED = [
    ("plan --env st", ["staging"]),
    ("plan --target flex", ["flexdeploy/Release/spring"]),
    ("explain Run.sta", ["Run.start_at", "Run.state"]),
    ("doctor -o j", ["json"]),
]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
def test_bash_offers_it(project: Path) -> None:
    for words, offered in [*OFFERED, ("plan man", ["manifests"])]:
        assert in_shell("bash", BASH.format(words=f"reconcile {words}")) == offered
    assert not (project / "no").exists()


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not here")
def test_fish_offers_it(project: Path) -> None:
    for words, offered in [*OFFERED, ("plan man", ["manifests/"]), ("plan --env=st", ["--env=staging"])]:
        script = f"reconcile completion fish | source; complete -C 'reconcile {words}'"
        assert in_shell("fish", script) == offered
    assert not (project / "no").exists()


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not here")
@pytest.mark.parametrize(
    ("typed", "run"),
    [
        ("plan --env st\t", ["plan", "--env", "staging"]),
        ("plan --target flex\t", ["plan", "--target", "flexdeploy/Release/spring"]),
        ("plan man\t", ["plan", "manifests"]),
        ("plan --env=st\t", ["plan", "--env=staging"]),
        ("doctor -o j\t", ["doctor", "-o", "json"]),
        ("pla\t--pru\t", ["plan", "--prune"]),
    ],
)
def test_zsh_completes_what_is_typed(project: Path, tmp_path: Path, typed: str, run: list[str]) -> None:
    (tmp_path / ".zshrc").write_text(
        "autoload -U compinit && compinit -u -D; source <(reconcile completion zsh)\n"
    )
    ours, theirs = pty.openpty()
    os.write(ours, f"reconcile {typed}\nexit\n".encode())
    with subprocess.Popen(["zsh", "-i"], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True):
        os.close(theirs)
        while _read(ours):
            pass
        os.close(ours)
    assert (tmp_path / "typed").read_text().split() == run
    assert not (project / "no").exists()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other side is closed
        return b""
