"""Names the limits that the operator sets; what happens at a limit is decided where it is met."""

from __future__ import annotations

from reconcile.named_tuple import NamedTuple


class Settings(NamedTuple):
    """Hold the seconds, counts and bytes that bound every request."""

    timeout: float
    """The total deadline of one request, in seconds: name lookup to the last byte of the answer."""
    retries: int
    """How often a read is tried again. A write never is."""
    parallelism: int
    """Requests in flight to one system, reads and writes together."""
    answer_limit: int = 256 * 2**20
    """Bytes of one answer's body."""
