"""Finds the format that a command line asks for, also where nothing else of it is understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_LONG, _SHORT, _OTHERS_WITH_A_VALUE = "--output", "o", "C"


def asked_format(arguments: Sequence[str]) -> str:
    """Return the value of the last `-o` or `--output`, however it is spelled; nothing where there is none."""
    *_, last = ("", *_formats(arguments))
    return last


def _formats(arguments: Sequence[str]) -> Iterator[str]:
    words = iter(arguments)
    for word in words:
        if word == "--":
            return
        if word == _LONG:
            yield next(words, "")
        elif word.startswith(f"{_LONG}="):
            yield word.partition("=")[2]
        elif word.startswith("-") and not word.startswith("--"):
            yield from _behind_one_dash(word[1:], words)


def _behind_one_dash(letters: str, words: Iterator[str]) -> Iterator[str]:
    """Yield the format that the last of several one-letter flags is for, which may be the next word."""
    for at, letter in enumerate(letters, 1):
        if letter in {_SHORT, _OTHERS_WITH_A_VALUE}:
            value = letters[at:] or next(words, "")
            yield from [value] if letter == _SHORT else []
            return
