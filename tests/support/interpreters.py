"""An interpreter with a site directory of its own, in which a test installs packages as pip would."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import reconcile

SRC = Path(reconcile.__file__).parents[1]


class Interpreter(NamedTuple):
    """A Python that has the tool, and what the test installs."""

    root: Path

    @property
    def site(self) -> Path:
        """Its one site directory."""
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        return self.root / "lib" / version / "site-packages"

    def install(
        self, name: str, files: Mapping[str, str], points: Mapping[str, str], version: str = "1.0"
    ) -> Path:
        """Installs a distribution with these files and entry points, and returns its dist-info."""
        return installed(self.site, name, files, points, version)

    def run(
        self, *words: str, cwd: Path, code: int = 0, module: str = "reconcile", **environment: str
    ) -> tuple[str, str]:
        """What `python -m reconcile WORDS` prints, started in `cwd`: standard output, then error."""
        ran = subprocess.run(
            [self.root / "bin" / "python", "-m", module, *words],
            cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
            env={"PATH": os.environ["PATH"], "HOME": str(self.root), "PYTHONUTF8": "1", **environment},
        )  # fmt: skip
        assert ran.returncode == code, ran.stdout + ran.stderr
        return ran.stdout, ran.stderr


def interpreter(root: Path) -> Interpreter:
    """Makes an interpreter in `root`, which sees the tool and its libraries beside its own site directory."""
    venv.EnvBuilder(with_pip=False, symlinks=True).create(root)
    made = Interpreter(root)
    (made.site / "tool.pth").write_text(f"{SRC}\n{sysconfig.get_path('purelib')}\n")
    return made


def installed(
    folder: Path, name: str, files: Mapping[str, str], points: Mapping[str, str], version: str = "1.0"
) -> Path:
    """Puts a distribution into a folder, as an installer does."""
    for file, text in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(dedent(text), encoding="utf-8")
    about = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = "\n".join(f"{point} = {target}" for point, target in points.items())
    (about / "entry_points.txt").write_text(f"[reconcile.systems]\n{lines}\n")
    return about
