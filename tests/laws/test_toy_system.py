"""A system that src knows nothing of is declared in a table, registered, and driven by every command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import reconcile

SRC, ROOT = Path(reconcile.__file__).parents[1], Path(__file__).parents[2]
PROJECT = "version: 1\nsystems: {{toy: {{url: '{url}', auth: {{bearer: {{env: TOY_TOKEN}}}}}}}}\n"
MANIFESTS = """\
apiVersion: toy/v1
kind: Lamp
metadata: {name: desk}
spec: {lit: true, watts: 40}
---
apiVersion: toy/v1
kind: Lamp
metadata: {name: hall, dependsOn: [toy/Lamp/desk]}
spec: {lit: false}
"""


@dataclass
class Shop:
    """A server with lamps, and the writes that it took."""

    lamps: dict[int, dict[str, Any]] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        number = int(path.removeprefix("/lamps").lstrip("/") or 0)
        if method != "GET":
            self.writes.append(f"{method} {path} {json.dumps(body)}")
        if method == "POST":
            number = len(self.lamps) + 1
            self.lamps[number] = {"id": number, "lit": False, "watts": None, **body}
            return 201, self.lamps[number]
        if not number:
            return 200, list(self.lamps.values())
        if number not in self.lamps:
            return 404, None
        if method == "DELETE":
            return 200, self.lamps.pop(number)
        self.lamps[number] |= body or {}
        return 200, self.lamps[number]


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def folder(shop: Shop, tmp_path: Path) -> Iterator[Path]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            allowed = self.headers.get("authorization") == "Bearer toy-token"
            status, value = shop.answer(self.command, self.path, body) if allowed else (401, None)
            data = b"" if value is None else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = handle_any

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (tmp_path / "reconcile.yaml").write_text(PROJECT.format(url=f"http://127.0.0.1:{server.server_port}"))
        (tmp_path / "manifests").mkdir()
        (tmp_path / "manifests" / "lamps.yaml").write_text(MANIFESTS)
        yield tmp_path
        server.shutdown()


def run(folder: Path, *words: str, code: int = 0) -> str:
    """What `reconcile WORDS` prints where the toy is registered."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{SRC}{os.pathsep}{ROOT}",
        "TOY_TOKEN": "toy-token",
        "PYTHONUTF8": "1",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "tests.laws.toy", "-C", str(folder), *words],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == code, ran.stdout + ran.stderr
    assert "toy-token" not in ran.stdout + ran.stderr
    return " ".join((ran.stdout + ran.stderr).split())


def test_it_is_validated_planned_applied_compared_and_exported(shop: Shop, folder: Path) -> None:
    assert "2 resources" in run(folder, "validate")
    assert "Plan: 2 to create, 0 to change" in run(folder, "plan")
    assert shop.writes == []
    assert "Apply: 2 done" in run(folder, "apply", "--yes")
    assert shop.writes == [
        'POST /lamps {"lit": true, "watts": 40, "name": "desk"}',
        'POST /lamps {"lit": false, "name": "hall"}',
    ]
    assert run(folder, "drift").endswith("No drift.")
    shop.lamps[1] |= {"lit": "false", "colour": "red"}
    assert 'lit live "false", wanted true' in run(folder, "drift", code=2)
    assert len(shop.writes) == 2
    exported = folder / "exported"
    run(folder, "export", "--to", str(exported))
    (folder / "manifests" / "lamps.yaml").unlink()
    for file in exported.rglob("*.yaml"):
        (folder / "manifests" / file.name).write_text(file.read_text())
    assert run(folder, "plan", "--detailed-exitcode").endswith("No changes.")


def test_its_mistakes_are_found_offline_with_their_lines(folder: Path) -> None:
    wrong = MANIFESTS.replace("lit: true", "lid: true").replace("watts: 40", "watts: much")
    (folder / "manifests" / "lamps.yaml").write_text(wrong)
    said = run(folder, "validate", code=1)
    assert "manifests/lamps.yaml:4:8: unknown field `lid`; did you mean `lit`? [unknown-field]" in said
    assert "manifests/lamps.yaml:4:26: `watts` takes a whole number, not a string [wrong-type]" in said


def test_it_is_explained_and_pruned_like_any_other(shop: Shop, folder: Path) -> None:
    assert "Whether it is lit." in run(folder, "explain", "Lamp.lit")
    shop.lamps[7] = {"id": 7, "name": "desk", "lit": True, "watts": 40}
    (folder / "manifests" / "lamps.yaml").write_text(
        "apiVersion: toy/v1\nkind: Lamp\nmetadata: {name: desk, absent: true}\nspec: {}\n"
    )
    assert "Apply: 1 done" in run(folder, "apply", "--yes", "--prune")
    assert (shop.lamps, shop.writes) == ({}, ["DELETE /lamps/7 null"])
