"""Decides which rows a list has: which runs are hidden, and what the filters let through."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from ..system import Call, Fields, Refused
from .instants import instant
from .states import normal_state, progress


def listed_runs(call: Call) -> list[Fields]:
    """Return the runs that a list shows."""
    rows = [progress(call, row) for row in call.state["runs"] if not _is_hidden(call, row)]
    return _filtered(call, rows, _RUNS)


def run_by_id(call: Call) -> Fields:
    """Return the run that the path names; raise Refused with 404 where no run can be seen there."""
    run = by_id(call, "runs")
    if run["aasm_state"] == "deleted" and call.switches["deleted"] == "gone":
        raise Refused(404, "no records found")
    return run


def listed(call: Call, collection: str) -> list[Fields]:
    """Return the plans or users that a list shows."""
    return _filtered(call, call.state[collection], _OTHERS[collection])


def stages(call: Call) -> list[Fields]:
    """Return the stages of all plans, each with the template that it belongs to."""
    templates = {plan["plan_template"]["id"]: plan["plan_template"] for plan in call.state["plans"]}
    return [
        {**stage, "plan_template_id": number} for number, it in templates.items() for stage in it["stages"]
    ]


def listed_stages(call: Call) -> list[Fields]:
    """Return the stages that a list shows."""
    return _filtered(call, stages(call), _STAGES)


def stage_by_id(call: Call) -> Fields:
    """Return the stage that the path names; raise Refused with 404 where there is none."""
    return _having_id(call, stages(call))


def by_id(call: Call, collection: str) -> Fields:
    """Return the row that the path names; raise Refused with 404 where there is none."""
    return _having_id(call, call.state[collection])


def _having_id(call: Call, rows: Iterable[Fields]) -> Fields:
    number = int(call.params["id"])
    for row in rows:
        if row["id"] == number:
            return row
    raise Refused(404, "no records found")


def _is_hidden(call: Call, run: Fields) -> bool:
    if run["aasm_state"] == "deleted" and call.switches["deleted"] != "listed":
        return True
    return bool(run["archived"] and call.switches["archived"] == "hidden")


_Filter = Callable[[Call, Fields, str], bool]


def _filtered(call: Call, rows: Iterable[Fields], known: dict[str, _Filter]) -> list[Fields]:
    asked = _asked(call)
    unknown = sorted(asked.keys() - known.keys())
    if unknown and call.switches["unknown_filters"] == "refuse":
        raise Refused(422, "a filter is not known", {name[:40]: ["is not a filter"] for name in unknown})
    wanted = [(known[name], value) for name, value in asked.items() if name in known and value]
    return [row for row in rows if all(fits(call, row, value) for fits, value in wanted)]


def _asked(call: Call) -> dict[str, str]:
    inside = ((call.body or {}).get("filters") or {}).items()
    return {
        **{name: str(value).strip() for name, value in inside if value is not None},
        **{name[8:-1]: value.strip() for name, value in call.query.items() if name.startswith("filters[")},
    }


def _named(key: str) -> _Filter:
    def fits(call: Call, row: Fields, value: str) -> bool:
        match call.switches["name_filter"]:
            case "ignored":
                return True
            case "substring":
                return value.casefold() in str(row.get(key)).casefold()
            case _:
                return bool(row.get(key) == value)

    return fits


def _equal(key: str) -> _Filter:
    return lambda _call, row, value: str(row.get(key)) == value


def _in_state(_call: Call, row: Fields, value: str) -> bool:
    return bool(row["aasm_state"] == normal_state(value))


def _that_day(key: str) -> _Filter:
    def fits(_call: Call, row: Fields, value: str) -> bool:
        at = row[key]
        return at is not None and datetime.fromisoformat(at).date() == _moment(value).date()

    return fits


def _running_at(_call: Call, row: Fields, value: str) -> bool:
    moment = _moment(value)
    start, end = row["start_at"], row["end_at"]
    if start is None or end is None:
        return False
    return datetime.fromisoformat(start) <= moment <= datetime.fromisoformat(end)


def _moment(value: str) -> datetime:
    try:
        return instant(value, UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(400, "a filter is not a date-time in UTC") from None


_RUNS: dict[str, _Filter] = {
    "name": _named("name"),
    "aasm_state": _in_state,
    "stage_id": _equal("plan_stage_id"),
    "owner_id": _equal("owner_id"),
    "requestor_id": _equal("requestor_id"),
    "started_at": _that_day("start_at"),
    "end_at": _that_day("end_at"),
    "time": _running_at,
}
_OTHERS: dict[str, dict[str, _Filter]] = {
    "plans": {
        "name": _named("name"),
        "aasm_state": _in_state,
        "plan_template_id": lambda _call, row, value: str(row["plan_template"]["id"]) == value,
    },
    "users": {key: _named(key) for key in ("login", "first_name", "last_name")},
}
_STAGES: dict[str, _Filter] = {"name": _named("name"), "plan_template_id": _equal("plan_template_id")}
