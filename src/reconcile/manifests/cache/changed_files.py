"""Loads of two sides of a project the files that differ, and of the others what must be seen with them, where
what is kept of these shows that nothing else is needed; what then differs is left to others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from reconcile.manifests.cache.cached_source import CachedSource, KnownFiles
from reconcile.manifests.cache.faces import Common, Face, face_of, led_to
from reconcile.manifests.cache.kept_faces import KeptFaces
from reconcile.manifests.changed_sides import Beyond, Narrow, Side, TwoSides
from reconcile.manifests.drafts import Drafts, drafted
from reconcile.manifests.joining import Declarations, joined
from reconcile.manifests.load import Loaded, Outside, by_place
from reconcile.manifests.references import claim_of, with_kinds
from reconcile.manifests.same_meaning import mean_the_same
from reconcile.manifests.terms import is_far
from reconcile.model import Json, Problem, Resource, Term
from reconcile.named_tuple import NamedTuple
from reconcile.project import Project
from reconcile.provider.kinds import Catalogue


class ChangedFiles(NamedTuple):
    """Load what differs between two sides by a source that knows the files of both."""

    source: CachedSource
    kept: KeptFaces
    around: tuple[Project, Catalogue, Outside]

    def load(self, sides: TwoSides, moment: float) -> Narrow | None:
        """Return both sides as far as they concern what differs; None where all has to be loaded for that."""
        faces = self.kept.of(sides.same)
        if faces is None or any(_is_open(face, moment) for face in faces.values()):
            return None
        common = Common(faces.values())
        found = [self._drafted(side) for side in (sides.now, sides.then)]
        agreed = [side for side in found if side is not None and common.agrees(side.face)]
        if len(agreed) < len(found):
            return None
        narrow = self._narrow(sides, (faces, common), *agreed)
        if narrow is not None:
            self._keep(sides, faces, agreed)
        return narrow

    def _drafted(self, side: Side) -> _Drafted | None:
        """Return what the files that differ declare; None where one of them is wrong, or joins others."""
        project, catalogue, outside = self.around
        known = KnownFiles(self.source, project, catalogue)
        unknown = [file for file in side.files if not known.recall(file)]
        drafts = drafted(unknown, project, catalogue, outside.words(project))
        resources = [*known.recalled.resources, *drafts.resources]
        face = face_of(resources, catalogue)
        wrong = (*drafts.partial, *drafts.spoiled, *drafts.problems)
        if wrong or not drafts.is_whole or face.joins:
            return None
        return _Drafted(side, known, drafts, resources, face)

    def _narrow(
        self, sides: TwoSides, same: tuple[Mapping[str, Face], Common], now: _Drafted, then: _Drafted
    ) -> Narrow | None:
        faces, common = same
        needed = {*_concerned(common, now, then)}.difference(now.face.addresses, then.face.addresses)
        picked = KnownFiles(self.source, *self.around[:2])
        for name, face in faces.items() if needed else ():
            if not (needed.isdisjoint(face.addresses) or self._recalled(sides, name, picked)):
                return None
        beside = [r for r in picked.recalled.resources if str(r.address) in needed]
        here, there = (self._loaded(side, beside, picked) for side in (now, then))
        if here is None or there is None:
            return None
        kinds = with_kinds(beside, self.around[1])
        seen = {claim_of(kind, resource) for resource, kind in kinds}
        declared = len(common.addresses) + len(now.face.addresses)
        systems = frozenset(common.systems.union(now.face.systems))
        return Narrow(here, there, Beyond(declared, systems, frozenset(common.claims - seen)))

    def _recalled(self, sides: TwoSides, name: str, into: KnownFiles) -> bool:
        """Tell whether a file that both have is still as it was, and known; what it declares is added."""
        data = sides.read(name)
        if isinstance(data, Problem) or self.kept.key(data) != sides.same[name]:
            return False
        return into.recall((name, data))

    def _loaded(self, side: _Drafted, beside: Iterable[Resource], picked: KnownFiles) -> Loaded | None:
        """Return a side with what stands beside what differs; None where something is wrong among them."""
        project, catalogue, _ = self.around
        left_out = [*side.known.recalled.left_out, *side.drafts.left_out]
        sound = {*side.known.recalled.sound, *picked.recalled.sound}
        declared = Declarations([*side.resources, *beside], (), left_out, side.drafts.unsure, sound)
        whole = joined(declared, project, catalogue)
        if any(problem.severity == "error" for problem in whole.problems):
            return None
        side.known.learn(side.drafts, whole)
        problems = sorted({*side.side.problems, *whole.problems}, key=by_place)
        names = tuple(side.side.names)
        return Loaded(tuple(whole.resources), tuple(problems), names, left_out=whole.left_out)

    def _keep(self, sides: TwoSides, faces: Mapping[str, Face], drafts: Iterable[_Drafted]) -> None:
        """Keep what was kept of all these files, and the faces of those that had none."""
        found: dict[str, Json] = {sides.same[name]: face for name, face in faces.items()}
        for each in drafts:
            found |= self.kept.made(each.side.files, each.resources, self.around[1])
        self.kept.keep(found, sides.same.values())


class _Drafted(NamedTuple):
    """Hold what the files of one side declare that the other side lacks."""

    side: Side
    known: KnownFiles
    drafts: Drafts
    resources: list[Resource]
    face: Face


def _is_open(face: Face, moment: float) -> bool:
    """Tell whether a file has to be looked at: it joins others, or is wrong by now."""
    return face.joins or (face.until is not None and is_far(Term("", face.until), moment))


def _concerned(common: Common, now: _Drafted, then: _Drafted) -> Iterator[str]:
    """Yield what differs, what rests on it, and what those, and all in the files that differ, rest on."""
    past = {resource.address: resource for resource in then.resources}
    differing = [
        str(resource.address)
        for resource in now.resources
        if (former := past.get(resource.address)) is None or not mean_the_same(former, resource)
    ]
    waits: dict[str, list[str]] = defaultdict(list)
    users: dict[str, list[str]] = defaultdict(list)
    for needs in (common.needs, now.face.needs, then.face.needs):
        for address, found in needs.items():
            waits[address] += found
            for need in found:
                users[need].append(address)
    resting = led_to(differing, users)
    yield from led_to((*resting, *now.face.addresses, *then.face.addresses), waits)
