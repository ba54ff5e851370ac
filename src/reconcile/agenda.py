"""Decides which operation may begin next and which never will; the driver carries them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconcile.model import Address, Blocked, Operation, Outcome

_LETS_PASS = frozenset({"done", "unchanged"})


class Agenda:
    """The state of an apply: what waits, what is under way, what became of the rest."""

    def __init__(
        self, operations: Iterable[Operation], blocked: Iterable[Blocked], refused: Mapping[Address, str]
    ) -> None:
        self._waiting = {operation.address: operation for operation in operations}
        self._stuck: dict[Address, str] = {item.address: "blocked" for item in blocked}
        self._under_way: set[Address] = set()
        self.outcomes: list[Outcome] = []
        for address, reason in refused.items():
            del self._waiting[address]
            self.finish(Outcome(address, "refused", reason))

    def ready(self) -> list[Operation]:
        """The operations that may begin now, in the plan's order; each is handed out once."""
        self._skip()
        ready = [op for op in self._waiting.values() if not any(self._holds(need) for need in op.needs)]
        for operation in ready:
            del self._waiting[operation.address]
            self._under_way.add(operation.address)
        return ready

    def finish(self, outcome: Outcome) -> None:
        """Takes an operation's outcome: what needs it may begin, or never will."""
        self._under_way.discard(outcome.address)
        self.outcomes.append(outcome)
        if outcome.status not in _LETS_PASS:
            self._stuck[outcome.address] = outcome.status

    def abandon(self) -> None:
        """Says of everything that has not begun that it will not."""
        for address in list(self._waiting):
            self.outcomes.append(Outcome(address, "not_begun"))
        self._waiting.clear()

    def _holds(self, need: Address) -> bool:
        return need in self._waiting or need in self._under_way

    def _skip(self) -> None:
        """Skips what needs something that failed or is blocked, and what needs that."""
        for operation in list(self._waiting.values()):
            stuck = next((need for need in operation.needs if need in self._stuck), None)
            if stuck is not None:
                del self._waiting[operation.address]
                detail = f"needs {stuck}, which is {self._stuck[stuck]}"
                self._stuck[operation.address] = "skipped"
                self.outcomes.append(Outcome(operation.address, "skipped", detail))


def in_order(
    outcomes: Iterable[Outcome], operations: Iterable[Operation], blocked: Iterable[Blocked]
) -> list[Outcome]:
    """The outcomes in the plan's order, then one for each blocked resource."""
    by_address: Mapping[Address, Outcome] = {outcome.address: outcome for outcome in outcomes}
    ordered = [by_address[operation.address] for operation in operations if operation.address in by_address]
    reasons: dict[Address, str] = {}
    for item in blocked:
        reasons.setdefault(item.address, item.reason)
    return ordered + [Outcome(address, "blocked", reason) for address, reason in reasons.items()]
