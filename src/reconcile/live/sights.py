"""Sends the requests that show some live objects, each to its end, and says who wanted those that failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from typing import TypeAlias

from reconcile.errors import ApiError
from reconcile.live.pages import Line, Sight, abandoned, look
from reconcile.model import Origin, Problem, Request, Resource
from reconcile.named_tuple import NamedTuple
from reconcile.provider.kinds import Kind

THREADS_AT_MOST = 64
TOLD_AT_MOST = 20
"""Manifests of one kind that are each told the same reason; of more it is said how many there are."""

_FAILURES_AT_MOST = 3
"""Answers of 500 and above, after which the rest is not asked for."""

ReadOutcome: TypeAlias = Sight | ApiError


class Shown(NamedTuple):
    """Hold what came of each request that a group of resources needed."""

    outcomes: Sequence[tuple[Request, ReadOutcome]]

    @property
    def sight(self) -> Sight:
        """Return what all the answers show together."""
        sights = [outcome for _, outcome in self.outcomes if isinstance(outcome, Sight)]
        clocks = [sight.now for sight in sights if sight.now is not None]
        lives = tuple(live for sight in sights for live in sight.lives)
        return Sight(lives, max(clocks, default=None), any(sight.proof for sight in sights))

    @property
    def failures(self) -> list[tuple[Request, ApiError]]:
        """Return the requests without a usable answer."""
        return [(request, error) for request, error in self.outcomes if isinstance(error, ApiError)]


def shown_to(kind: Kind, requests: Sequence[Request], line: Line) -> Shown:
    """Return what came of each request; where one says that none will be answered, the rest fails with it."""
    with abandoned(max(1, min(len(requests), THREADS_AT_MOST))) as pool:
        futures = [pool.submit(look, kind, request, line) for request in requests]
        return Shown([*zip(requests, _ended(futures), strict=True)])


def _ended(futures: Iterable[Future[Sight]]) -> Iterator[ReadOutcome]:
    failed = 0
    hopeless: ApiError | None = None
    for future in futures:
        if hopeless is not None and not future.done():
            future.cancel()
            yield hopeless
            continue
        try:
            yield future.result()
        except ApiError as error:
            failed += error.status is not None and error.status >= 500
            if error.status in {None, 401} or failed == _FAILURES_AT_MOST:
                hopeless = error
            yield error


Needs: TypeAlias = Callable[[Resource], Sequence[Request]]
"""The requests that a resource alone would need."""


def unread(shown: Shown, resources: Sequence[Resource], needs: Needs) -> dict[int, ApiError]:
    """Return why resources could not be read, by their index; those are not in it that were."""
    failures = shown.failures
    if not failures:
        return {}
    answered = [request for request, outcome in shown.outcomes if isinstance(outcome, Sight)]
    found = {}
    for index, resource in enumerate(resources):
        own = needs(resource)
        error = next((error for request, error in failures if request in own), None)
        if error is None and not all(request in answered for request in own):
            error = failures[0][1]  # it is one of several that were asked for together
        if error is not None:
            found[index] = error
    return found


def unreadable(origin: Origin, error: ApiError) -> Problem:
    """Return the problem of what could not be read because of `error`."""
    return Problem("unreadable-live", str(error), origin)


def told(reasons: Iterable[tuple[Origin, ApiError]]) -> Iterator[Problem]:
    """Yield the reason at each manifest that could not be read; of very many, how many more there are."""
    every = [*reasons]
    yield from (unreadable(origin, error) for origin, error in every[:TOLD_AT_MOST])
    left = every[TOLD_AT_MOST:]
    if left:
        origin, error = left[0]
        words = f"{error}; {len(left):,} manifests from here on could not be read"
        yield Problem("unreadable-live", words, origin)
