"""Starts Prefect's own server on loopback and runs the tests against it: `python tests/real.py PREFECT`.

PREFECT is the program of an environment that has Prefect; the tests run in the environment of this one.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

PATIENCE = 120.0
"""Seconds that a server may take to start: it makes its database first."""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        found: int = holder.getsockname()[1]
        return found


def started(prefect: str, port: int, home: str) -> subprocess.Popen[bytes]:
    """A server without a scheduler, a page or a word to its makers."""
    settings = {
        "PREFECT_HOME": home,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_UI_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    words = [prefect, "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-services"]
    with Path(home, "server.log").open("wb") as log:
        return subprocess.Popen(words, env={**os.environ, **settings}, stdout=log, stderr=log)


def answers(url: str) -> bool:
    """Whether the server is there."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def main(prefect: str, *words: str) -> int:
    """Run the tests against a server of this run's own; return the exit code of pytest."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    with tempfile.TemporaryDirectory() as home, started(prefect, port, home) as server:
        try:
            ends = time.monotonic() + PATIENCE
            while not answers(url):
                if server.poll() is not None or time.monotonic() > ends:
                    print(Path(home, "server.log").read_text("utf-8", "replace")[-3000:], file=sys.stderr)
                    return 1
                time.sleep(0.5)
            tests = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words]
            environment = {**os.environ, "PREFECT_API_URL": url}
            return subprocess.run(
                tests, env=environment, cwd=Path(__file__).parents[1], check=False
            ).returncode
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
