"""Foundry's schedules by the dataset that they target: the only list of them that there is."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconcile_sandbox import Sandbox

SAMPLE = "ri.scheduler.main.schedule.8843955e-37d1-4363-85eb-539833e10a41"
DATASET = "ri.foundry.main.dataset."
NUMBERS = f"{DATASET}3d4f8a85-4c3b-4f88-9d88-5d4c9c3a4e04"
RAW = f"{DATASET}0a1c5d52-1f0e-4c55-8a55-2a1f6f0d1b01"

pytestmark = pytest.mark.usefixtures("sandbox")


def _schedules(foundry: httpx.Client, dataset: str, branch: str | None = None) -> Any:
    query = {} if branch is None else {"branchName": branch}
    url = foundry.base_url.join(f"/api/v2/datasets/{dataset}/getSchedules")
    return foundry.get(url, params=query).json()


def test_a_dataset_names_the_schedules_that_target_it(foundry: httpx.Client) -> None:
    assert _schedules(foundry, NUMBERS) == {"data": [SAMPLE]}


def test_a_dataset_that_nothing_targets_names_none(foundry: httpx.Client) -> None:
    assert _schedules(foundry, RAW) == {"data": []}


def test_a_branch_names_its_own_schedules_and_the_default_one_the_rest(
    sandbox: Sandbox, foundry: httpx.Client
) -> None:
    with sandbox.editing() as state:
        state["foundry"]["schedules"][1]["action"] |= {"branchName": "develop"}
        state["foundry"]["schedules"][1]["action"]["target"] = {"type": "manual", "targetRids": [NUMBERS]}
        state["foundry"]["resources"][3]["branches"] = ["quiet"]
        other = state["foundry"]["schedules"][1]["rid"]
    assert _schedules(foundry, NUMBERS) == _schedules(foundry, NUMBERS, "master") == {"data": [SAMPLE]}
    assert _schedules(foundry, NUMBERS, "develop") == {"data": [other]}
    assert _schedules(foundry, NUMBERS, "quiet") == {"data": []}


def test_a_branch_that_nothing_names_is_not_found_or_has_none(
    sandbox: Sandbox, foundry: httpx.Client
) -> None:
    refused = _schedules(foundry, NUMBERS, "Master")
    assert refused["errorName"] == "BranchNotFound"
    assert refused["parameters"] == {"datasetRid": NUMBERS, "branchName": "Master"}
    sandbox.set_options("foundry.unknown_branch=empty")
    assert _schedules(foundry, NUMBERS, "Master") == {"data": []}
