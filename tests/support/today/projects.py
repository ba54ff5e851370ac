"""Says how the served systems are reached: the project file, and the environment that goes with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .frame import Today
from .katalon import HEADERS, PROJECT

ENVIRONMENT = {
    "FLEXDEPLOY_TOKEN": "api-token",
    "KATALON_TOKEN": "platform-token",
    "FOUNDRY_SECRET": "app-secret",
    "BRPM_TOKEN": "brpm-token",
    "PATH": "/usr/bin:/bin",
}


def systems(url: str) -> dict[str, Any]:
    """Return what `systems` of a project file says of the server at `url`."""
    return {
        "flexdeploy": {
            "url": f"{url}/flexdeploy/rest/v1",
            "auth": {"basic": {"username": "ci", "password": {"env": "FLEXDEPLOY_TOKEN"}}},
        },
        "katalon": {
            "url": url,
            "options": {"projectId": PROJECT},
            "headers": HEADERS,
            "auth": {"bearer": {"env": "KATALON_TOKEN"}},
        },
        "foundry": {
            "url": url,
            "auth": {"oauth2": {"clientId": "app", "clientSecret": {"env": "FOUNDRY_SECRET"}}},
        },
        "brpm": {"url": f"{url}/brpm", "auth": {"token": {"env": "BRPM_TOKEN"}}},
    }


def begin(folder: Path, today: Today, *manifests: dict[str, Any]) -> None:
    """Write the project file, and these manifests as the only ones."""
    project = {"version": 1, "systems": systems(today.url)}
    (folder / "reconcile.yaml").write_text(json.dumps(project), encoding="utf-8")
    declare(folder, "\n---\n".join(map(json.dumps, manifests)))


def declare(folder: Path, text: str) -> None:
    """Make the documents of `text` the only manifests."""
    (folder / "manifests").mkdir(exist_ok=True)
    (folder / "manifests" / "all.yaml").write_text(text, encoding="utf-8")
