"""The vendor's notes that a release's own entry shows to be broken, checked offline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconcile.provider import FieldPath, Finding, Json, Spec, forms, quartz, table_of
from reconcile.systems.flexdeploy.fields import Release

PIPELINE = ("pipelineId", "pipelineName")
NOTHING_TO_START = (
    "a release starts with at least one project: add one, or leave releaseStatus out; FlexDeploy 8.0 and "
    "later start it empty, which options.startEmpty: true says"
)
_PROJECTS = table_of(Release).rows["projects"]


def started_needs_a_project(spec: Spec) -> Iterator[Finding]:
    """Cannot start a release without at least one project."""
    if spec.get("releaseStatus") == "STARTED" and "projects" in spec and not spec["projects"]:
        yield Finding(
            ("releaseStatus",),
            "started-without-projects",
            NOTHING_TO_START,
            unless="startEmpty",
        )


def all_files_or_a_package(spec: Spec) -> Iterator[Finding]:
    """Cannot provide packageName if requestAllFiles is true."""
    for entry in spec.get("projects") or ():
        if entry.get("requestAllFiles") is True:
            yield from package_rule(entry, ("projects", _PROJECTS.key_of(entry)))


def package_rule(entry: Spec, path: FieldPath) -> Iterator[Finding]:
    """The package rule for one project's place, whoever declares it."""
    if entry.get("requestAllFiles") is True and forms.text(entry.get("packageName")):
        yield Finding(
            (*path, "packageName"),
            "package-and-all-files",
            "packageName cannot stand beside requestAllFiles: true; keep one of them",
        )


def properties_need_a_pipeline(spec: Spec) -> Iterator[Finding]:
    """PipelineName or PipelineId must be provided to set Pipeline Properties."""
    cleared = [name for name in PIPELINE if name in spec and spec[name] is None]
    if spec.get("properties") and cleared and not any(spec.get(name) for name in PIPELINE):
        yield Finding(
            (cleared[0],),
            "properties-without-pipeline",
            "properties need a pipeline, and this clears it: name a pipeline, or write properties: []",
        )


def one_pipeline(spec: Spec) -> Iterator[Finding]:
    """If PipelineName and PipelineId are provided, both must point to the same pipeline."""
    given = [name for name in PIPELINE if name in spec]
    if len(given) == len(PIPELINE) and bool(spec[given[0]]) != bool(spec[given[1]]):
        yield Finding(
            (given[0],),
            "pipelines-disagree",
            "pipelineId and pipelineName disagree: one names a pipeline and the other clears it; keep one",
        )


def known_cron(spec: Spec) -> Iterator[Finding]:
    """Yield what is wrong with an expression that not every Quartz reads the same way."""
    expression: Json = spec.get("scheduleBuildExpression")
    if not isinstance(expression, str) or not expression:
        return
    verdict = quartz.assess(expression)
    path = ("scheduleBuildExpression",)
    yield from _findings(path, "cron", verdict.errors)
    yield from (_unsure(path, words) for words in verdict.unknown)
    for message in verdict.warnings:
        yield Finding(path, "cron-never-fires", f"`{path[0]}`: {message}", "warning")


def _findings(path: FieldPath, code: str, messages: Iterable[str]) -> Iterator[Finding]:
    return (Finding(path, code, f"`{path[0]}`: {message}") for message in messages)


def _unsure(path: FieldPath, words: str) -> Finding:
    told = f"`{path[0]}`: {words}; only FlexDeploy can say whether it takes it"
    return Finding(path, "cron", told, "warning", unless_live=True)


RULES = (
    started_needs_a_project,
    all_files_or_a_package,
    properties_need_a_pipeline,
    one_pipeline,
    known_cron,
)
