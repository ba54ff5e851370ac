"""The server that plays answers as the real one did; with PREFECT_API_URL, the real one still does."""

from __future__ import annotations

from played import RECORDED, server_url
from recording import SCRIPT, recorded


def test_each_answer_is_the_recorded_one() -> None:
    with server_url() as url:
        answers = recorded(url)
    assert [*answers] == [step.name for step in SCRIPT] == [*RECORDED]
    assert {name: answer for name, answer in answers.items() if answer != RECORDED[name]} == {}
