"""Makes the world that Katalon TestOps shows where none is seeded, and fills what a seed leaves out."""

from __future__ import annotations

from ..system import Fields
from .fields import SETTINGS

_LONG_AGO = "2025-01-10T09:00:00Z"
_BLANKS: dict[str, Fields] = {
    "teams": {"id": 0, "name": "", "role": None},
    "projects": {"id": 0, "name": "", "teamId": None, "timezone": None, "status": "ACTIVE"},
    "releases": {
        "id": 0, "name": "", "startTime": None, "endTime": None, "description": None, "projectId": None,
        "closed": False, "createdAt": None,
    },
    "builds": {
        "id": 0, "projectId": None, "releaseId": None, "name": "", "description": None, "date": None,
    },
    "runConfigurations": {
        "id": 0, "name": "", "projectId": None, **dict.fromkeys(SETTINGS), "releaseId": None, "buildId": None,
        "status": "SUCCESS", "updatedAt": _LONG_AGO,
    },
    "schedulers": {
        "id": 0, "name": None, "startTime": None, "nextTime": None, "endTime": None, "active": True,
        "interval": None, "intervalUnit": None, "runConfigurationId": None,
    },
}  # fmt: skip
_SUITES = (
    "Login", "Search", "Basket", "Checkout", "Payment", "Refund", "Invoice", "Profile", "Newsletter",
    "Wishlist", "Reviews", "Vouchers", "Shipping", "Returns", "Catalogue", "Prices", "Stock", "Import",
    "Export", "Reports", "Permissions", "Audit Trail", "Mail", "Push", "Accessibility", "Load", "Mobile",
    "Print", "Archive",
)  # fmt: skip


def world() -> Fields:
    """Return the vendor's page's schedule and release, and enough others for two pages of the UI's thirty."""
    return {
        "teams": [{"id": 100, "name": "Quality", "role": "OWNER"}],
        "projects": [_project(4711, "Web Shop"), _project(4712, "Back Office")],
        "releases": [
            _release(67890, "Release 1.2", "2025-01-13", "2025-01-24"),
            _release(67891, "Release 1.3", "2025-02-10", "2025-02-21"),
            {**_release(67889, "Release 1.1", "2024-12-02", "2024-12-13"), "closed": True},
            {**_release(77001, "Release 1.2", "2025-01-13", "2025-01-24"), "projectId": 4712},
        ],
        "builds": [_build(67890, "Build 1.2.3", 67890), _build(67895, "Build 1.3.0", 67891)],
        "runConfigurations": [
            _configuration(12345, "Daily Smoke Test"),
            {**_configuration(12346, "Nightly Regression"), "releaseId": 67890, "buildId": 67890},
            {**_configuration(12347, "Release Candidate Checks"), "releaseId": 67890},
            *(_configuration(12348 + it, f"{name} Suite") for it, name in enumerate(_SUITES)),
            *({**_configuration(22345 + it, f"Ledger {it + 1}"), "projectId": 4712} for it in range(3)),
        ],
        "schedulers": [
            _scheduler(50001, "Every morning", 12345),
            _scheduler(12345, "Every night", 12346),
            _scheduler(50003, "Every hour", 12347),
        ],
    }


def blank(collection: str, number: int) -> Fields:
    """Return a row with nothing but its id: every other field is at its default."""
    return {**_BLANKS[collection], "id": number}


def complete(state: Fields) -> None:
    """Fill what a seed left out; raise ValueError for an id that stands twice."""
    for collection in _BLANKS:
        state[collection] = [_completed(collection, row) for row in state[collection]]
        _require_unique(collection, state[collection])


def _completed(collection: str, row: Fields) -> Fields:
    given = {key: value for key, value in row.items() if value is not None}
    return {**blank(collection, row["id"]), **given}


def _require_unique(collection: str, rows: list[Fields]) -> None:
    seen: set[int] = set()
    for row in rows:
        if row["id"] in seen:
            raise ValueError(f"the state does not fit: katalon.{collection} has the id {row['id']} twice")
        seen.add(row["id"])


def _project(number: int, name: str) -> Fields:
    return {"id": number, "name": name, "teamId": 100, "timezone": "UTC"}


def _release(number: int, name: str, start: str, end: str) -> Fields:
    own = {"name": name, "startTime": start, "endTime": end, "projectId": 4711, "createdAt": _LONG_AGO}
    return {"id": number, **own}


def _build(number: int, name: str, release: int) -> Fields:
    own = {"name": name, "projectId": 4711, "releaseId": release, "date": "2025-01-16T18:30:00Z"}
    return {"id": number, **own}


def _configuration(number: int, name: str) -> Fields:
    own = {"testProjectId": 8001, "teamId": 100, "configType": "TSC", "cloudType": "TEST_CLOUD_AGENT"}
    return {"id": number, "name": name, "projectId": 4711, **own}


def _scheduler(number: int, name: str, configuration: int) -> Fields:
    timer = {"interval": 1, "intervalUnit": "DAY", "startTime": "2025-01-01T06:00:00Z"}
    return {"id": number, "name": name, "runConfigurationId": configuration, **timer}
