"""BMC Release Process Management: its address, its way to authenticate, its kinds."""

from __future__ import annotations

from typing import Annotated

from reconcile.provider import AuthScheme, Fields, System, doc
from reconcile.systems.brpm.run import PLANS, RUN
from reconcile.systems.brpm.states import State


class Options(Fields):
    """What differs from one BRPM to the next."""

    transitions: Annotated[
        dict[State, dict[str, State]] | None,
        doc(
            "Mapping",
            "State to event to next state, where a site changed them.",
            {"created": {"plan_it": "planned"}},
        ),
    ] = None


SYSTEM = System(
    type="brpm",
    title="BMC Release Process Management",
    auth=(AuthScheme("token", parameter="token"),),
    options=Options,
    kinds=(RUN,),
    probe=lambda system, options: PLANS(system),
    api=1,
)
