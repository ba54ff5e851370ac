"""Decides how Katalon shows its objects and its errors; no other module reads these switches."""

from __future__ import annotations

import html
from http import HTTPStatus

from ..system import Answer, Call, Fields, Json, Refused, Switches, json_answer
from .fields import SETTINGS


class View:
    """Show the objects of one answer."""

    def __init__(self, call: Call) -> None:
        self._switches = call.switches
        self._releases = {row["id"]: row for row in call.state["releases"]}
        self._builds = {row["id"]: row for row in call.state["builds"]}
        self._with_builds = {row["releaseId"] for row in call.state["builds"]}

    def plain(self, row: Fields) -> Fields:
        """Return a team, project, build or scheduler as it is shown."""
        return self._finished(self._filled(row))

    def release(self, row: Fields) -> Fields:
        """Return a release with what the server computes."""
        return self._finished(self._release(row))

    def configuration(self, row: Fields) -> Fields:
        """Return a run configuration with the evidence of its links."""
        return self._finished(self._configuration(row))

    def linked(self, row: Fields) -> Fields:
        """Return a run configuration as it is shown in the answer to a link or an unlink."""
        match self._switches["shape"]:
            case "seed":
                shown = {**self._configuration(row), "status": row["status"], "updatedAt": row["updatedAt"]}
            case "seed_literal":
                shown = self._sample(row)
            case _:
                shown = self._configuration(row)
        return self._finished(shown)

    def smart_scheduler(self, row: Fields, scheduler: Fields | None) -> Fields:
        """Return a run configuration beside its timer."""
        timer = None if scheduler is None else self.plain(scheduler)
        return self._filled({"runConfiguration": self.configuration(row), "scheduler": timer})

    def _configuration(self, row: Fields) -> Fields:
        own = self._filled({key: row[key] for key in ("id", "name", "projectId", *SETTINGS)})
        return {**own, "latestJob": {"status": row["status"]}, **self._evidence(row)}

    def _evidence(self, row: Fields) -> Fields:
        wanted = self._switches["release_evidence"]
        release = self._release_of(row)
        told = {"releaseId": row["releaseId"], "release": release, "build": self._build_of(row)}
        if wanted == "build":
            told = {"build": self._build_with(told["build"], row, release)}
        elif wanted != "both":
            told = {key: told[key] for key in (wanted, "build")}
        if self._switches["unlinked"] == "null":
            return told
        return {key: value for key, value in told.items() if value is not None}

    def _build_with(self, build: Fields | None, row: Fields, release: Fields | None) -> Fields | None:
        if release is None:
            return build
        return {**(build or {}), "releaseId": row["releaseId"], "release": release}

    def _release_of(self, row: Fields) -> Fields | None:
        if row["releaseId"] is None:
            return None
        found = self._releases.get(row["releaseId"])
        return {"id": row["releaseId"]} if found is None else self._release(found)

    def _build_of(self, row: Fields) -> Fields | None:
        if row["buildId"] is None:
            return None
        return self._filled(self._builds.get(row["buildId"], {"id": row["buildId"]}))

    def _release(self, row: Fields) -> Fields:
        status = "READY" if row["id"] in self._with_builds else "EMPTY"
        return {**self._filled(row), "releaseStatus": status}

    def _sample(self, row: Fields) -> Fields:
        linked = row["releaseId"] is not None or row["buildId"] is not None
        build = {"build": self._sample_build(row)} if linked else {}
        status = "linked" if linked else "unlinked"
        told = {**build, "status": status, "updatedAt": row["updatedAt"]}
        return {"id": row["id"], "name": row["name"], **told}

    def _sample_build(self, row: Fields) -> Fields:
        if row["buildId"] is not None:
            found = self._builds.get(row["buildId"], {})
            return {"id": str(row["buildId"]), "name": found.get("name")}
        of_release = (it for it in self._builds.values() if it["releaseId"] == row["releaseId"])
        named = next(of_release, self._releases.get(row["releaseId"], {}))
        return {"id": str(row["releaseId"]), "name": named.get("name")}

    def _filled(self, fields: Fields) -> Fields:
        omit = self._switches["empty_fields"] == "omit"
        return {key: value for key, value in fields.items() if not (omit and value is None)}

    def _finished(self, shown: Fields) -> Fields:
        if self._switches["extra_fields"] == "true":
            shown = {**shown, "order": 7, "uuid": "5f0c", "webUrl": None, "audit": {"createdBy": "demo"}}
        return dict(_with_text_ids(shown)) if self._switches["ids"] == "string" else shown


def refusal(refused: Refused, switches: Switches) -> Answer:
    """Return the answer of an error, with the message in the shape that the switch asks for."""
    headers = refused.headers
    if refused.status == 401:
        headers = (*headers, ("www-authenticate", 'Basic realm="Katalon TestOps"'))
    phrase = HTTPStatus(refused.status).phrase
    match switches["error_body"]:
        case "plain":
            return Answer(refused.status, phrase.encode(), "text/plain; charset=utf-8", headers)
        case "html":
            page = f"<html><body><h1>{phrase}</h1><p>{html.escape(refused.message)}</p></body></html>"
            return Answer(refused.status, page.encode(), "text/html; charset=utf-8", headers)
        case _:
            answer = json_answer(refused.status, _spring(refused, phrase))
            return Answer(refused.status, answer.body, headers=headers)


def _spring(refused: Refused, phrase: str) -> Fields:
    at = refused.at.isoformat(timespec="milliseconds")
    told = {"error": phrase, "message": refused.message, "path": refused.path}
    return {"timestamp": at, "status": refused.status, **told}


def _with_text_ids(value: Json) -> Json:
    if isinstance(value, list):
        return [_with_text_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _text_id(key, item) for key, item in value.items()}


def _text_id(key: str, value: Json) -> Json:
    is_id = isinstance(value, int) and (key == "id" or key.endswith("Id"))
    return str(value) if is_id else _with_text_ids(value)
