"""The sandbox against its own OpenAPI document, by a thousand and more requests, wrong ones included."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reconcile_sandbox import running

CONFIG = Path(__file__).with_name("schemathesis.toml")
FEWEST = 1000


@pytest.mark.slow
def test_schemathesis_finds_no_fault(tmp_path: Path) -> None:
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = shutil.which("schemathesis", path=beside)
    assert command is not None, "schemathesis belongs to the development environment"
    with running() as sandbox:
        options = ["--config-file", str(CONFIG), "run", f"{sandbox.url}/openapi.json", "--max-examples", "15"]
        run = subprocess.run(
            [command, *options, "--continue-on-failure", "--no-color"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        errors = [entry.target for entry in sandbox.log if (entry.status or 500) >= 500]
    assert (run.returncode, errors) == (0, []), run.stdout[-6000:] + run.stderr[-2000:]
    counted = re.search(r"([\d,]+) generated", run.stdout)
    assert counted is not None
    assert int(counted[1].replace(",", "")) >= FEWEST, run.stdout[-2000:]
