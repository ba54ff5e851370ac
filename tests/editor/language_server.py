"""Speaks to yaml-language-server as an editor does: opens files, hears problems, asks for completions."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

SEVERITY = {1: "error", 2: "warning"}


class LanguageServer:
    """A running server in a folder, as an editor starts it there."""

    def __init__(self, command: Sequence[str], folder: Path, settings: Mapping[str, Any]) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
        self._settings = settings
        self._folder = folder
        self._asked = 0
        self._problems: dict[str, list[Any]] = {}

    def __enter__(self) -> Self:
        able = {"workspace": {"configuration": True}, "textDocument": {"publishDiagnostics": {}}}
        root = self._folder.as_uri()
        folders = [{"uri": root, "name": self._folder.name}]
        self._ask("initialize", processId=None, rootUri=root, capabilities=able, workspaceFolders=folders)
        self._tell("initialized")
        self._tell("workspace/didChangeConfiguration", settings=self._settings)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.communicate()

    def problems(self, file: Path) -> list[tuple[int, str]]:
        """The line, from 1, and the words of each problem that is shown in a file."""
        uri = self._opened(file)
        while uri not in self._problems:
            self._hear()
        return [(each["range"]["start"]["line"] + 1, each["message"]) for each in self._problems[uri]]

    def offered(self, file: Path, line: int, column: int) -> set[str]:
        """The completions at a line and column, both from 1."""
        place = {"line": line - 1, "character": column - 1}
        answer = self._ask(
            "textDocument/completion", textDocument={"uri": self._opened(file)}, position=place
        )
        return {each["label"] for each in answer["items"]}

    def _opened(self, file: Path) -> str:
        uri = file.as_uri()
        self._problems.pop(uri, None)
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": file.read_text("utf-8")}
        self._tell("textDocument/didOpen", textDocument=document)
        return uri

    def _tell(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def _ask(self, method: str, **params: Any) -> Any:
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": params})
        while True:
            heard = self._hear()
            if heard.get("id") == self._asked and "method" not in heard:
                return heard["result"]

    def _hear(self) -> dict[str, Any]:
        """The next message, once what the server asks of an editor is answered."""
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name == b"Content-Length" else length
        heard: dict[str, Any] = json.loads(self._process.stdout.read(length))
        if heard.get("method") == "textDocument/publishDiagnostics":
            self._problems[heard["params"]["uri"]] = heard["params"]["diagnostics"]
        elif heard.get("method") == "workspace/configuration":
            sections = [each.get("section") for each in heard["params"]["items"]]
            self._send({"id": heard["id"], "result": [self._settings.get(name) for name in sections]})
        elif "id" in heard and "method" in heard:
            self._send({"id": heard["id"], "result": None})
        return heard

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()
