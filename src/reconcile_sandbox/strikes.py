"""Decides what a struck request gets over the wire, once its effect (if any) has happened."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from .faults import Fault
from .system import Answer, Json

_LOGIN = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>Sign in</form></body></html>"
_HTML = "text/html; charset=utf-8"
_CHUNK = 64 * 1024
_HUGE = 300 * 1024 * 1024
_STEPS = 20


@dataclass(frozen=True, slots=True)
class Wire:
    """Carry the answer to one request, by ASGI's two functions, or the transport where ASGI has no words."""

    receive: Callable[[], Awaitable[Any]]
    send: Callable[[Any], Awaitable[None]]
    transport: asyncio.Transport
    date: bytes

    async def deliver(self, answer: Answer) -> None:
        """Send an answer whole."""
        body = b"" if answer.status in (204, 304) else answer.body
        await self._start(answer, len(body))
        await self.send({"type": "http.response.body", "body": body})

    async def drop(self, *, reset: bool) -> None:
        """End the connection without another byte, by a TCP reset if asked, and wait until it is gone."""
        raw = self.transport.get_extra_info("socket")
        if reset and raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()
        await self._gone()

    async def trickle(self, answer: Answer, seconds: float) -> None:
        """Send the head at once and the body in small pieces over `seconds`."""
        await self._start(answer, len(answer.body))
        for piece in _pieces(answer.body):
            await self.send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(seconds / _STEPS)
        await self.send({"type": "http.response.body"})

    async def trickle_head(self, answer: Answer, seconds: float) -> None:
        """Send the head in small pieces over `seconds`, then the body, and end the connection."""
        for piece in _pieces(_head(answer)):
            self.transport.write(piece)
            await asyncio.sleep(seconds / _STEPS)
        self.transport.write(answer.body)
        self.transport.close()
        await self._gone()

    async def stop_short(self, answer: Answer, *, reset: bool) -> None:
        """Declare the whole body, send half of it, and end the connection."""
        await self._start(answer, len(answer.body) + 1)
        await self.send(
            {"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True}
        )
        await asyncio.sleep(0.01)
        await self.drop(reset=reset)

    async def pour(self, answer: Answer, chunks: AsyncIterator[bytes], size: int | None) -> None:
        """Send a body that is made while it is sent."""
        await self._start(answer, size)
        async for chunk in chunks:
            await self.send({"type": "http.response.body", "body": chunk, "more_body": True})
        await self.send({"type": "http.response.body"})

    async def _start(self, answer: Answer, size: int | None) -> None:
        headers = {b"date": self.date}
        if answer.content_type:
            headers[b"content-type"] = answer.content_type.encode("latin-1")
        if size is not None and answer.status != 204:
            headers[b"content-length"] = b"%d" % size
        headers |= {name.encode("latin-1"): value.encode("latin-1") for name, value in answer.headers}
        await self.send(
            {"type": "http.response.start", "status": answer.status, "headers": [*headers.items()]}
        )

    async def _gone(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass


async def strike(fault: Fault, answer: Answer, wire: Wire) -> None:
    """Send what `fault` makes of `answer`; ignore `answer` where there was no effect."""
    match fault.action:
        case "lost_before" | "lost_after" | "late":
            await wire.drop(reset=fault.reset)
        case "reset_body":
            await wire.stop_short(answer, reset=fault.reset)
        case "slow":
            await wire.trickle(answer, fault.seconds)
        case "slow_headers":
            await wire.trickle_head(answer, fault.seconds)
        case "huge":
            size = _HUGE if fault.size is None else fault.size
            await wire.pour(answer, _huge(size), size)
        case "gzip":
            packed = replace(answer, headers=(*answer.headers, ("content-encoding", "gzip")))
            await wire.pour(packed, _packed(answer.body, fault.size or 0), None)
        case _:
            await wire.deliver(damaged(fault, answer))


def damaged(fault: Fault, answer: Answer) -> Answer:
    """Return the answer that is sent for `answer`, for the faults that send a whole answer."""
    headers = tuple(fault.headers.items())
    match fault.action:
        case "status" | "status_after":
            return Answer(fault.told_status(answer.status), *_literal(fault.body), headers=headers)
        case "redirect":
            to = () if "location" in fault.headers else (("location", "/elsewhere"),)
            return Answer(fault.told_status(answer.status), b"", "", (*to, *headers))
        case "html":
            return Answer(200, _LOGIN, _HTML, headers)
        case "truncated":
            return replace(answer, body=answer.body[: len(answer.body) // 2])
        case "body":
            return Answer(answer.status, *_literal(fault.body), headers=(*answer.headers, *headers))
        case "headers":
            return replace(answer, headers=(*answer.headers, *headers))
        case "empty":
            return replace(answer, body=b"")
        case _:
            return answer


def rewritten(fault: Fault, answer: Answer, id_key: str, rows_key: str = "") -> Answer:
    """Return `answer` with another id, fewer rows or doubled rows, for the faults that falsify good JSON."""
    match fault.action:
        case "wrong_id":
            return _mapped(answer, lambda value: _with_rows(value, rows_key, lambda it: _wrong(it, id_key)))
        case "partial_list":
            return _mapped(answer, lambda value: _with_rows(value, rows_key, _halved))
        case "duplicate_rows":
            return _mapped(answer, lambda value: _with_rows(value, rows_key, _doubled))
        case _:
            return answer


def _mapped(answer: Answer, change: Callable[[Json], Json]) -> Answer:
    if not answer.body or answer.content_type.partition(";")[0] != "application/json":
        return answer
    return replace(answer, body=json.dumps(change(json.loads(answer.body))).encode())


def _with_rows(value: Json, rows_key: str, change: Callable[[Json], Json]) -> Json:
    if isinstance(value, dict) and isinstance(value.get(rows_key), list):
        return {**value, rows_key: change(value[rows_key])}
    return change(value)


def _halved(value: Json) -> Json:
    return value[: len(value) // 2] if isinstance(value, list) else value


def _doubled(value: Json) -> Json:
    return value + value if isinstance(value, list) else value


def _wrong(value: Json, id_key: str) -> Json:
    if isinstance(value, list):
        return [_wrong(item, id_key) for item in value]
    if not isinstance(value, dict) or id_key not in value:
        return value
    told = value[id_key]
    return {**value, id_key: told + 1 if isinstance(told, int) else f"{told}9"}


def _literal(body: Json) -> tuple[bytes, str]:
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass"), "text/plain; charset=utf-8"
    return (b"", "") if body is None else (json.dumps(body).encode(), "application/json")


def _pieces(body: bytes) -> list[bytes]:
    step = max(1, -(-len(body) // _STEPS))
    return [body[start : start + step] for start in range(0, len(body), step)]


def _head(answer: Answer) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} Slow", f"content-type: {answer.content_type}", "connection: close"]
    lines += [f"content-length: {len(answer.body)}", *(f"{name}: {value}" for name, value in answer.headers)]
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1")


async def _huge(size: int) -> AsyncIterator[bytes]:
    block = b'["' + b"x" * (_CHUNK - 2)
    for start in range(0, size, _CHUNK):
        yield block[: min(_CHUNK, size - start)] if start == 0 else b"x" * min(_CHUNK, size - start)


async def _packed(body: bytes, size: int) -> AsyncIterator[bytes]:
    packer = zlib.compressobj(wbits=31)
    blank = b" " * _CHUNK
    for _ in range(max(0, size - len(body)) // _CHUNK):
        yield packer.compress(blank)
    yield packer.compress(body) + packer.flush()
