"""A work pool: where flow runs are executed, and how many at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from reconcile.provider import (
    Atomic,
    ByOffset,
    Default,
    Fields,
    Finding,
    Form,
    FromName,
    Json,
    Kind,
    LastWrite,
    NeverChanges,
    Options,
    Request,
    Rest,
    Route,
    Spec,
    doc,
    forms,
)

POOLS = Route("POST /work_pools/filter", safe=True)


class WorkPool(Fields):
    """A work pool."""

    name: Annotated[str, doc("string", "Its name, by which it is addressed.", "k8s-prod"), FromName()]
    type: Annotated[
        str | None,
        doc("string", "The type of infrastructure that it provides.", "kubernetes"),
        Default("prefect-agent"),
        NeverChanges("make another pool of that type, and move the deployments there"),
    ] = None
    description: Annotated[str | None, doc("string", "What it is.", "Nightly jobs."), Form(forms.prose)] = (
        None
    )
    is_paused: Annotated[
        bool | None, doc("boolean", "Whether it delivers no work.", True), Default(False)
    ] = None
    concurrency_limit: Annotated[
        int | None, doc("integer", "How many runs at once; null: any number.", 5)
    ] = None
    base_job_template: Annotated[
        dict[str, Any] | None,
        doc(
            "object",
            "What every job of it is made from; it is replaced as a whole.",
            {"job_configuration": {}, "variables": {}},
        ),
        Atomic(),
    ] = None


def whole_template(spec: Spec) -> Iterator[Finding]:
    """A template has a job's configuration and the variables in it."""
    template = spec.get("base_job_template")
    lacking = [name for name in ("job_configuration", "variables") if template and name not in template]
    if isinstance(template, dict) and lacking:
        words = f"`base_job_template` lacks {' and '.join(lacking)}: it has both, or is left out"
        yield Finding(("base_job_template",), "missing-field", words)


def fetch(system: str, id_: Json, options: Options) -> Request:
    """Return the request for the pool with this id: only a search knows ids, paths have names."""
    return POOLS(system, {"work_pools": {"id": {"any_": [id_]}}})


WORK_POOL = Kind(
    name="WorkPool",
    api_version="prefect/v3",
    summary="A work pool: its type, its limit, whether it is paused.",
    model=WorkPool,
    rest=Rest(
        id="id",
        name="name",
        list=POOLS,
        create=Route("POST /work_pools/"),
        update=Route("PATCH /work_pools/{name}"),
        delete=Route("DELETE /work_pools/{name}"),
        pages=ByOffset(size=200),
        in_paths=("name",),
        has_text_id=True,
    ),
    fetch=fetch,
    rules=(whole_template,),
    last_write=LastWrite("updated"),
)
