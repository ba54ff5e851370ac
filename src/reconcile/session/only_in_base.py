"""Finds what only the base declares, to say so; nothing else is done with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reconcile.desired import Wanted, with_secrets
from reconcile.manifests.references import kind_of
from reconcile.model import Address, Joint, Noted, Resource, Share
from reconcile.session.catalogue import CATALOGUE
from reconcile.session.session import Session


def gone(session: Session) -> tuple[tuple[Wanted, ...], tuple[Noted, ...]]:
    """Return the resources that only the base declares, by whether a manifest still uses their system.

    The live state of the first is looked at, and nothing more is done; the systems of the others are not
    contacted.
    """
    left = [*_left(session)]
    here, used = (session.declared, session.used) if left else (set(), set())
    looked_at = (_looked_at(resource, session, here) for resource in left if resource.address.system in used)
    return tuple(looked_at), tuple(map(_unseen, (r for r in left if r.address.system not in used)))


def _looked_at(resource: Resource, session: Session, here: Collection[Address]) -> Wanted:
    shares = {of: share for of, share in _shares(resource, session) if of not in here}
    kind, options = kind_of(resource, CATALOGUE), session.project.systems[resource.address.system].options
    tombstone = resource._replace(absent=True, carries=shares, joint=_joint_of(resource, shares))
    return Wanted(with_secrets(tombstone, session.around.environ, kind.table)[0], kind, options, left=True)


def _joint_of(resource: Resource, shares: Collection[Address]) -> Joint | None:
    """Return what a resource was joined of, less what others declare by now; None where it stands alone."""
    if resource.joint is None or not resource.managed_as:
        return None
    return resource.joint._replace(parts=tuple(p for p in resource.joint.parts if p.address in shares))


def _unseen(resource: Resource) -> Noted:
    reason = f"no longer managed; not looked at: no manifest uses {resource.address.system} any more"
    return Noted(resource.address, (), None, reason, resource.origin)


def _left(session: Session) -> Iterator[Resource]:
    """Yield the resources that only the base declares, as far as PATH and --target ask for them."""
    if session.base is None:
        return
    here = session.declared
    for address, resource in session.base.resources.items():
        shares = any(_shares(resource, session))
        asked = shares if resource.managed_as else session.is_asked(address, resource.origin.file)
        if address not in here and not resource.absent and asked:
            yield resource


def _shares(resource: Resource, session: Session) -> Iterator[tuple[Address, Share]]:
    """Yield the parts of a resource that PATH and --target ask for."""
    for of, share in resource.carries.items():
        if session.is_asked(of, share.origin.file):
            yield of, share
