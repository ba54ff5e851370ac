"""Decides which operation may begin next and which never will; the executor carries them out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush

from reconcile.model import Address
from reconcile.planning.contents import WELL, Blocked, Operation, Outcome


class Scheduler:
    """Hold the state of an apply: which operations wait, for what, and what became of the rest."""

    def __init__(
        self, operations: Sequence[Operation], blocked: Iterable[Blocked], refused: Mapping[Address, str]
    ) -> None:
        self.outcomes: list[Outcome] = []
        self._waiting = {operation.address: operation for operation in operations}
        self._place = {address: place for place, address in enumerate(self._waiting)}
        self._open = {op.address: {need for need in op.needs if need in self._waiting} for op in operations}
        self._users: dict[Address, list[Address]] = defaultdict(list)
        for operation in operations:
            for need in operation.needs:
                self._users[need].append(operation.address)
        self._free = [address for address, needs in self._open.items() if not needs]
        self._stuck: dict[Address, str] = {item.address: "blocked" for item in blocked}
        self._hindered = {user for address in self._stuck for user in self._users[address]}
        for address, reason in refused.items():
            del self._waiting[address]
            self.finish(Outcome(address, "refused", reason))

    def ready(self) -> list[Operation]:
        """Return the operations that may begin now, in the plan's order; each is handed out once."""
        self._skip()
        free = sorted(self._waiting.keys() & self._free, key=self._place.__getitem__)
        self._free.clear()
        return [self._waiting.pop(address) for address in free]

    def finish(self, outcome: Outcome) -> None:
        """Take an operation's outcome: the operations that need it may begin, or never will."""
        address, users = outcome.address, self._users[outcome.address]
        self.outcomes.append(outcome)
        if outcome.status not in WELL:
            self._stuck[address] = outcome.status
            self._hindered.update(users)
            return
        for user in users:
            self._open[user].discard(address)
            if not self._open[user]:
                self._free.append(user)

    def abandon(self) -> None:
        """Give every operation that has not begun the outcome `not_begun`."""
        for address in list(self._waiting):
            self.outcomes.append(Outcome(address, "not_begun"))
        self._waiting.clear()

    def _skip(self) -> None:
        """Skip what needs something that failed or is blocked, and what needs that, in the plan's order."""
        places = [(self._place[address], address) for address in self._hindered]
        self._hindered.clear()
        heapify(places)
        while places:
            _, address = heappop(places)
            operation = self._waiting.pop(address, None)
            if operation is None:
                continue
            stuck = next(need for need in operation.needs if need in self._stuck)
            self._stuck[address] = "skipped"
            detail = f"needs {stuck}, which is {self._stuck[stuck]}"
            self.outcomes.append(Outcome(address, "skipped", detail))
            for user in self._users[address]:
                heappush(places, (self._place[user], user))


def in_order(
    outcomes: Iterable[Outcome], operations: Iterable[Operation], blocked: Iterable[Blocked]
) -> list[Outcome]:
    """Return the outcomes in the plan's order, then one for each blocked resource."""
    by_address: Mapping[Address, Outcome] = {outcome.address: outcome for outcome in outcomes}
    ordered = [by_address[operation.address] for operation in operations if operation.address in by_address]
    reasons: dict[Address, str] = {}
    for item in blocked:
        reasons.setdefault(item.address, item.reason)
    return ordered + [Outcome(address, "blocked", reason) for address, reason in reasons.items()]
