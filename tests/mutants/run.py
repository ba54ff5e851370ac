"""Breaks a copy of the source in one way after the other: the demo must not notice, the trust tests must.

`python -m tests.mutants.run [NAME…]` in the repository's root; RECONCILE_MUTANTS_WORKERS says how many run
side by side. Exit code 1 where a mutant survives, no longer fits, or is so coarse that the demo fails.
"""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from .table import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[2]
TESTS = (
    "test_journal.py",
    "test_limits.py",
    "test_plans.py",
    "test_approvals.py",
    "test_scope.py",
    "test_tombstones.py",
    "test_unknown.py",
    "test_each_fault.py",
    "test_every_execution.py",
    "test_outputs.py",
    "test_hands.py",
    "test_undo.py",
    "test_looks.py",
    "test_memory.py",
    "test_secrets.py",
    "test_leases.py",
    "test_worlds.py",
    "test_creates.py",
    "test_kills.py",
    "test_sockets.py",
    "test_two_machines.py",
)
WORKERS = int(os.environ.get("RECONCILE_MUTANTS_WORKERS", "2"))


@dataclass(frozen=True)
class Fate:
    """What became of one mutant; `ok` where the demo passed and a test failed."""

    name: str
    words: str
    ok: bool
    seconds: float


def main(names: Sequence[str]) -> int:
    """Runs the named mutants, or all."""
    chosen = [mutant for mutant in MUTANTS if not names or mutant.name in names]
    begun = time.monotonic()
    compileall.compile_dir(ROOT / "src", quiet=1)  # copies keep times, and with them what is compiled
    with ThreadPoolExecutor(WORKERS) as pool:
        fates = [_told(fate) for fate in pool.map(_fate, chosen)]
    bad = [fate for fate in fates if not fate.ok]
    _say(f"{len(fates) - len(bad)} of {len(fates)} mutants caught in {time.monotonic() - begun:.0f} s")
    return 1 if bad or not fates else 0


def _told(fate: Fate) -> Fate:
    _say(f"{'caught' if fate.ok else 'BAD   '}  {fate.name:24} {fate.seconds:5.0f} s  {fate.words}")
    return fate


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _fate(mutant: Mutant) -> Fate:
    begun = time.monotonic()
    with TemporaryDirectory(prefix=f"mutant-{mutant.name}-") as folder:
        try:
            words, ok = _tried(mutant, Path(folder))
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            words, ok = str(error), False
    return Fate(mutant.name, words, ok, time.monotonic() - begun)


def _tried(mutant: Mutant, folder: Path) -> tuple[str, bool]:
    shutil.copytree(ROOT / "src", folder / "src")
    shutil.copytree(ROOT / "examples", folder / "examples")
    for file, old, new in mutant.edits:
        path = folder / "src" / "reconcile" / file
        text = path.read_text(encoding="utf-8")
        if text.count(old) != 1:
            return f"no longer fits: {file} holds its text {text.count(old)} times", False
        path.write_text(text.replace(old, new), encoding="utf-8")
    for test in (mutant.first, *(test for test in TESTS if test != mutant.first)):
        failed = _failed(folder, test)
        if failed:
            return (failed, True) if _demo_passes(folder) else ("the demo fails: too coarse", False)
    return f"survived: {mutant.breaks}", False


def _failed(folder: Path, test: str) -> str:
    """The first test of a file that fails with this source; empty where none does."""
    arguments = ["-m", "pytest", "-q", "-x", "-p", "no:xdist", "-p", "no:cacheprovider", "--tb=no"]
    arguments += [f"--basetemp={folder / 'pytest'}", test if "/" in test else f"tests/trust/{test}"]
    done = _python(folder, *arguments, cwd=ROOT)
    if done.returncode not in (0, 1):  # not the mutant's doing: somebody ended it
        done = _python(folder, *arguments, cwd=ROOT)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{test} did not run: {done.returncode} {(done.stderr or done.stdout)[-300:]}")
    lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return lines[0].partition("::")[2].split(" - ")[0] if done.returncode == 1 and lines else ""


def _demo_passes(folder: Path) -> bool:
    return _python(folder, "-m", "reconcile", "demo", cwd=folder).returncode == 0


def _python(folder: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RECONCILE")}
    more = {"PYTHONPATH": str(folder / "src"), "RECONCILE_TRUST": "mutants", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**kept, **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
