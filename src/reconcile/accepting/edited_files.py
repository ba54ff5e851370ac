"""Makes the new bytes of files from edits, held against what the edits mean; `session` writes them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconcile.accepting.taking import Left, TakenOver
from reconcile.model import Json
from reconcile.yaml_source import read_documents
from reconcile.yaml_source.decoding import read_text
from reconcile.yaml_source.edits import Edit, edited
from reconcile.yaml_source.lines import CannotEditError

_MARK = b"\xef\xbb\xbf"


def edited_files(
    files: Mapping[str, bytes], taken: Sequence[TakenOver]
) -> tuple[dict[str, bytes], list[TakenOver], list[Left]]:
    """Return the files that change, the differences they take over, and those that no text can hold."""
    left = list(taken)
    refused: list[Left] = []
    while True:
        changed, wrong = _tried(files, left)
        if not wrong:
            return changed, left, refused
        refused += wrong
        at_fault = [item.difference for item in wrong]
        left = [each for each in left if each.difference not in at_fault]


def _tried(files: Mapping[str, bytes], taken: Sequence[TakenOver]) -> tuple[dict[str, bytes], list[Left]]:
    """Return the changed files; where one cannot be edited, each difference in it at fault."""
    changed: dict[str, bytes] = {}
    for file in sorted({edit.file for each in taken for edit in each.edits}):
        try:
            changed[file] = _edited(files[file], file, _edits(file, taken))
        except CannotEditError as error:
            return {}, _at_fault(files[file], file, taken, str(error))
    return changed, []


def _edits(file: str, taken: Iterable[TakenOver]) -> list[Edit]:
    """Return the edits of a file in an order in which each path means what it meant before the others."""
    edits = {repr(edit.edit): edit.edit for each in taken for edit in each.edits if edit.file == file}
    order = {"replace": 0, "remove": 1, "append": 2, "add": 2}
    return sorted(_together(edits.values()), key=lambda edit: (order[edit.action], _last(edit)))


def _together(edits: Iterable[Edit]) -> Iterator[Edit]:
    """Yield the edits, those that add a list under one key as one that adds all of its items."""
    added: dict[tuple[object, ...], Edit] = {}
    for edit in edits:
        if edit.action != "add":
            yield edit
            continue
        place = edit.document, edit.path, edit.key
        before = added.get(place)
        added[place] = edit if before is None else before._replace(value=[*before.value, *edit.value])
    yield from added.values()


def _last(edit: Edit) -> int:
    return -edit.path[-1] if edit.action == "remove" and isinstance(edit.path[-1], int) else 0


def _at_fault(data: bytes, file: str, taken: Sequence[TakenOver], words: str) -> list[Left]:
    """Return the differences whose edits alone cannot be made; all of the file, where only together."""
    of_file = [each for each in taken if any(edit.file == file for edit in each.edits)]
    alone = [each for each in of_file if not _can_be(data, file, each)]
    return [Left(each.difference, words) for each in alone or of_file]


def _can_be(data: bytes, file: str, each: TakenOver) -> bool:
    try:
        _edited(data, file, _edits(file, (each,)))
    except CannotEditError:
        return False
    return True


def _edited(data: bytes, file: str, edits: Sequence[Edit]) -> bytes:
    text, problems = read_text(data, file)
    if problems:
        raise CannotEditError("the file cannot be read")
    after = edited(text, edits)
    if _spelled(after, file) != [_exactly(value) for value in _meant(text, file, edits)]:
        raise CannotEditError("the value cannot be written there without changing another one")
    return (_MARK if data.startswith(_MARK) else b"") + after.encode()


def _spelled(text: str, file: str) -> list[str] | None:
    """Return what the documents of a text say; None where it cannot be read.

    A number beyond any range is read as its text, which a field of texts may hold.
    """
    documents, problems = read_documents(text.encode(), file)
    if any(problem.code != "number-range" for problem in problems):
        return None
    return [_exactly(document.value) for document in documents]


def _meant(text: str, file: str, edits: Sequence[Edit]) -> Iterator[Json]:
    """Yield what the documents of a file are to say after the edits."""
    for document in read_documents(text.encode(), file)[0]:
        value = document.value
        for edit in edits:
            value = _made(value, edit) if edit.document == document.begins_at else value
        yield value


def _made(value: Json, edit: Edit) -> Json:
    if not edit.path and edit.action == "add":
        return {**value, edit.key: edit.value}
    if not edit.path:
        return [*value, edit.value] if edit.action == "append" else edit.value
    step, rest = edit.path[0], edit._replace(path=edit.path[1:])
    if len(edit.path) == 1 and edit.action == "remove":
        return [part for index, part in enumerate(value) if index != step]
    if isinstance(value, dict):
        return {**value, step: _made(value[step], rest)}
    return [_made(part, rest) if index == step else part for index, part in enumerate(value)]


def _exactly(value: Json) -> str:
    """Return one spelling of a value by which two are compared; the order of keys is none."""
    return json.dumps(value, sort_keys=True)
