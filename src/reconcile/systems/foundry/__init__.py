"""Palantir Foundry orchestration: its address, its ways to authenticate, its kinds."""

from __future__ import annotations

from typing import Annotated

from reconcile.provider import AuthScheme, Fields, System, doc
from reconcile.systems.foundry.routes import WRITE, probe
from reconcile.systems.foundry.run import RUN
from reconcile.systems.foundry.schedule import SCHEDULE


class Options(Fields):
    """What differs from one Foundry to the next."""

    preview: Annotated[
        bool | None,
        doc(
            "Boolean",
            "Send preview=true, as the preview era demands it; default: true, harmless elsewhere.",
            True,
        ),
    ] = None
    scopes: Annotated[
        list[str] | None,
        doc(
            "List<string>",
            "What a token of oauth2 is asked for, in place of what each request needs: "
            "api:orchestration-read, api:datasets-read, and api:orchestration-write where it writes.",
            ["api:orchestration-read", "api:datasets-read"],
        ),
    ] = None


SYSTEM = System(
    type="foundry",
    title="Palantir Foundry",
    auth=(
        AuthScheme("bearer"),
        AuthScheme(
            "oauth2",
            parameter="/multipass/api/oauth2/token",
            scopes_option="scopes",
            only_to_write=frozenset({WRITE}),
        ),
    ),
    options=Options,
    kinds=(SCHEDULE, RUN),
    probe=probe,
    api=1,
)
