"""Foundry's schedules by the dataset that they target: the only list of them that there is."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

SAMPLE = "ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41"
DATASET = "ri.foundry.main.dataset."
NUMBERS = f"{DATASET}3d4f8a85-4c3b-4f88-9d88-5d4c9c3a4e04"
RAW = f"{DATASET}0a1c5d52-1f0e-4c55-8a55-2a1f6f0d1b01"

pytestmark = pytest.mark.usefixtures("sandbox")


def _schedules(foundry: httpx.Client, dataset: str) -> Any:
    return foundry.get(foundry.base_url.join(f"/api/v2/datasets/{dataset}/getSchedules")).json()


def test_a_dataset_names_the_schedules_that_target_it(foundry: httpx.Client) -> None:
    assert _schedules(foundry, NUMBERS) == {"data": [SAMPLE]}


def test_a_dataset_that_nothing_targets_names_none(foundry: httpx.Client) -> None:
    assert _schedules(foundry, RAW) == {"data": []}
