"""However a secret is spelled, by several rules in one text or one over the other, it is found."""

from __future__ import annotations

import base64
import html
import json
import random
import re
from collections.abc import Callable
from itertools import pairwise
from urllib.parse import quote, quote_plus

import pytest

from reconcile.transport import Redactor
from reconcile.transport.folding import readings, traced

SECRETS = {
    "plain": "Tr0ub4dor-and-3-horses",
    "quote": "Tr0ub4dor\"and'3horses",
    "markup": "Tr0ub&dor<and>3horses;",
    "entity": "Tr0ub&amp;dor&#34;horses",
    "blank": "Tr0ub dor  and 3 horses",
    "percent": "Tr0ub%4dor%25and%zzhorses",
    "backslash": "Tr0ub\\ndor\\u0041and\\",
    "letters": "Tröub🐎dör-und-Pferde",
    "lines": "-----BEGIN KEY-----\nMIIEabcdef\r\nghij\n-----END KEY-----\n",
    "unseen": "Tr\u00adoub\u200bdor\u202eand\x1bhorses",
    "no text": "\udcff\udcfe\udcfd-1234",
    "short": "pw123",
}
RULES: dict[str, Callable[[str], str]] = {
    "raw": str,
    "url": lambda text: quote(text, safe="", errors="surrogateescape"),
    "form": lambda text: quote_plus(text, errors="surrogateescape"),
    "url in lower case": lambda text: _lower(quote(text, safe="", errors="surrogateescape")),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON with letters": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON with capitals": lambda text: "".join(f"\\u{ord(c):04X}" if ord(c) < 65536 else c for c in text),
    "HTML": html.escape,
    "HTML but quotes": lambda text: html.escape(text, quote=False),
    "HTML by number": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "HTML by hex number": lambda text: "".join(f"&#x{ord(char):X};" for char in text),
    "one line": lambda text: " ".join(text.split()),
}


def _lower(quoted: str) -> str:
    return re.sub("%..", lambda found: found[0].lower(), quoted)


def knowing(secret: str) -> Redactor:
    known = Redactor()
    known.add(secret)
    return known


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_is_found_by_any_rule_and_by_one_rule_over_another(
    secret: str, rule: Callable[[str], str]
) -> None:
    known = knowing(secret)
    for over in RULES.values():
        told = over(rule(f"see {secret} please"))
        redacted = known.redact(told)
        assert "see *** please" in readings(redacted), (told, redacted)


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_is_found_where_each_letter_is_spelled_by_a_rule_of_its_own(secret: str) -> None:
    known, chance = knowing(secret), random.Random(7)
    rules = [RULES[name] for name in ("raw", "url", "url in lower case", "JSON", "HTML by number")]
    for _ in range(50):
        told = "".join(_one(chance.choice(rules), char) for char in secret.strip())
        assert known.redact(f"see {told} please") == "see *** please", told


def _one(rule: Callable[[str], str], char: str) -> str:
    """A letter by a rule, or where it stands for more than itself, by one under which it does not."""
    surrogate = "\ud800" <= char <= "\udfff"
    return RULES["url"](char) if char in "%\\&;+" or surrogate else rule(char)


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
@pytest.mark.parametrize("before", ["", "x", "xx"])
def test_a_secret_is_found_in_base64_behind_any_number_of_bytes(secret: str, before: str) -> None:
    data = f"{before}{secret}".encode(errors="surrogateescape")
    for spell in (base64.b64encode, base64.urlsafe_b64encode):
        for rule in (str, RULES["url"], RULES["JSON with capitals"], RULES["HTML by number"]):
            assert "***" in knowing(secret).redact(f"sent {rule(spell(data).decode())} to us")


LATIN = "Tröub-dör-und-Pferde"
OLDER: dict[str, Callable[[str], str]] = {
    "url": lambda text: quote(text.encode("latin-1"), safe=""),
    "url of Windows": lambda text: _lower(quote(text.encode("cp1252"), safe="")),
    "escapes": lambda text: "".join(c if c.isascii() else f"\\x{ord(c):02x}" for c in text),
    "base64": lambda text: base64.b64encode(text.encode("latin-1")).decode(),
    "base32": lambda text: base64.b32encode(text.encode("latin-1")).decode(),
    "hex": lambda text: text.encode("latin-1").hex(),
    "UTF-8 read as Latin-1": lambda text: text.encode().decode("latin-1"),
    "UTF-8 read as that of Windows": lambda text: text.encode().decode("cp1252"),
}


@pytest.mark.parametrize("rule", OLDER.values(), ids=OLDER.keys())
def test_a_secret_is_found_by_the_bytes_of_an_older_encoding(rule: Callable[[str], str]) -> None:
    assert "***" in knowing(LATIN).redact(f"see {rule(LATIN)} please")


BREAKS = {
    "line end": "\n",
    "line end with indentation": "\r\n    ",
    "continued line": "\\\n",
    "zero": "\0",
    "escape": "\x1b",
    "colour": "\x1b[31m",
    "soft hyphen": "\u00ad",
    "no width": "\u200b",
    "escaped line end": "\\n",
    "escaped character": "\\u0007",
    "tab": "\t",
}


@pytest.mark.parametrize("between", BREAKS.values(), ids=BREAKS.keys())
@pytest.mark.parametrize("secret", ["Tr0ub4dor-and-3-horses", LATIN, "Tr0ub dor  and 3 horses"])
def test_a_secret_is_found_wherever_it_is_broken(secret: str, between: str) -> None:
    for at in range(1, len(secret)):
        told = f"see {secret[:at]}{between}{secret[at:]} please"
        assert knowing(secret).redact(told) == "see *** please", told
    told = f"see {between.join(secret)} please"
    assert knowing(secret).redact(told) == "see *** please"


@pytest.mark.parametrize("width", [4, 7, 16, 64, 76])
@pytest.mark.parametrize("before", ["", "x", "xx", "xxx", "xxxx"])
@pytest.mark.parametrize("spell", [base64.b64encode, base64.urlsafe_b64encode, base64.b32encode])
@pytest.mark.parametrize("secret", ["Tr0ub4dor-and-3-horses", LATIN])
def test_a_secret_is_found_in_wrapped_base64_and_base32(
    secret: str, spell: Callable[[bytes], bytes], before: str, width: int
) -> None:
    text = spell(f"{before}{secret} and more".encode()).decode()
    inner = spell(f"{before}{secret}".encode()).decode().rstrip("=")[len(before) * 2 + 2 : -2]
    wrapped = "\n".join(text[at : at + width] for at in range(0, len(text), width))
    redacted = knowing(secret).redact(f"sent {wrapped} to us")
    assert "***" in redacted
    assert inner not in redacted.replace("\n", "")


def test_words_that_make_a_short_secret_together_are_words() -> None:
    assert knowing("there").redact("the rest of\nthe\nrest") == "the rest of\nthe\nrest"


def test_nothing_around_a_secret_is_taken_for_it() -> None:
    told = "a%20b \\u00e4 &amp; see%20%5bTr0ub4dor-and-3-horses%5D, 100% \\ &c; 1 + 1"
    assert knowing(SECRETS["plain"]).redact(told) == told.replace(SECRETS["plain"], "***")


def test_of_a_text_that_is_cut_no_part_of_a_secret_is_left_however_many_stand_before_the_cut() -> None:
    secret = SECRETS["plain"]
    for at in range(60, 120):
        told = f"{secret} {'y' * at}{secret} and {secret}"
        kept = knowing(secret).redact_echo(told, 110)
        assert not any(secret[:length] in kept for length in range(5, len(secret) + 1)), kept
        assert len(kept) <= 110


def test_a_secret_of_four_characters_is_a_word_and_one_of_five_is_taken_out() -> None:
    assert knowing("demo").redact("the demo") == "the demo"
    assert knowing("pw123").redact("my pw123") == "my ***"


@pytest.mark.parametrize(
    "text", ["%41%C3%A4\\u00e4&auml; \\n  b", "&#1114112;\\U000fffff", "\\", "%%41", "é\u200b+ +"]
)
def test_each_character_of_a_reading_comes_from_its_own_place(text: str) -> None:
    for plain, reading in zip(readings(text), traced(text), strict=True):
        assert plain == reading.text.strip(" ")
        ends = [reading.span(at, at + 1) for at in range(len(reading.text))]
        assert all(start < end for start, end in ends)
        assert all(one[1] == other[0] or one == other for one, other in pairwise(ends))
        assert not ends or reading.span(0, len(reading.text)) == (0, len(text))
