"""Says the laws that each kind of a system is held to, as one class of pytest; a subclass names a system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import ClassVar, NamedTuple

import pytest

from reconcile.execution.effects import Effect, Write
from reconcile.laws.bench import Bench, Place
from reconcile.laws.retellings import retellings
from reconcile.laws.samples import Sample, samples_of
from reconcile.laws.served import CREDENTIAL, TableServer, served
from reconcile.laws.subject import Subject, left
from reconcile.model import EMPTY, Json, Spec, spell
from reconcile.project.auth import AUTH_PARTS
from reconcile.provider.cases import Finding
from reconcile.provider.checking import check
from reconcile.provider.kinds import System
from reconcile.systems import registered

VARIABLE = "LAW_CREDENTIAL"
"""The variable that every part of a credential is read from, where a package names none."""

SEVERAL = 3
WRITES_AT_MOST = 12
EFFECTS_AT_MOST = 60


class Step(NamedTuple):
    """Hold what is declared of an object before, and what then; None: nothing is there, or must be."""

    first: Spec | None
    then: Spec | None

    def __str__(self) -> str:
        return "created" if self.first is None else "deleted" if self.then is None else "changed"


class Laws:
    """Hold a system to the laws: `class TestLaws(Laws): system = SYSTEM`.

    A fixture `server` yields the url of a server of one's own; without it there is one that is made from the
    tables. Each law makes objects of its own, under names that nothing else has.
    """

    system: ClassVar[System]
    samples: ClassVar[Sequence[Sample]] = ()
    """What manifests write; default: the examples of the tables. A kind of which nothing creates an object
    needs one of an object that is there."""

    auth: ClassVar[Mapping[str, Json]] = EMPTY
    """How the project file says who asks; default: the first way that the system has."""

    environ: ClassVar[Mapping[str, str]] = EMPTY
    """The variables that `auth` names."""

    options: ClassVar[Mapping[str, Json]] = EMPTY
    """The system's options."""

    made: TableServer | None = None
    """The server that is made from the tables, where there is no other."""

    def emptied(self, subject: Subject) -> None:
        """Leave lists as short as they were, once a law is done with an object: it is deleted.

        A server of one's own may be emptied in a better way.
        """
        if self.made is not None:
            self.made.empty()
        else:
            subject.forgotten()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Hold each sample to each law."""
        if "sample" in metafunc.fixturenames:
            metafunc.parametrize("sample", self.samples or samples_of(self.system), ids=str)

    @pytest.fixture
    def server(self) -> Iterator[str]:
        """Yield the url of the server that the laws are about."""
        with served(self.system) as made:
            self.made = made
            yield made.url

    @pytest.fixture
    def bench(self, server: str, tmp_path: Path) -> Iterator[Bench]:
        """Yield a project about the server."""
        auth = self.auth or _first_auth(self.system)
        place = Place(server, self.system.type, auth, self.options, {VARIABLE: CREDENTIAL, **self.environ})
        with registered(self.system):
            yield Bench(tmp_path, place)

    def test_its_declaration_is_sound(self) -> None:
        """Hold to: nothing is wrong with keys, references, defaults, choices, examples and routes."""
        assert [_told(found) for found in check(self.system) if found.severity == "error"] == []

    def test_what_is_declared_is_in_order(self, bench: Bench, sample: Sample) -> None:
        """Hold to: the examples of the tables are manifests that `validate` accepts."""
        self._subject(bench, sample).declare(sample.spec)
        bench.validate()

    def test_one_apply_creates_it_and_the_next_plan_is_empty(self, bench: Bench, sample: Sample) -> None:
        """Hold to: create, and converge."""
        subject = self._created(bench, sample).prepared()
        subject.declare(sample.spec)
        assert [operation.action for operation in bench.plan().plan.operations] == ["create"]
        assert subject.applied() == "done"
        assert left(bench) == ""

    def test_one_apply_changes_it_and_the_next_plan_is_empty(self, bench: Bench, sample: Sample) -> None:
        """Hold to: update, field by field, and converge."""
        subject = self._subject(bench, _changeable(sample)).there(sample.spec)
        for field, value in sample.change.items():
            subject.declare({**subject.written, field: value})
            assert (field, subject.applied()) == (field, "done")
            assert (field, left(bench)) == (field, "")

    def test_a_second_apply_sends_nothing(self, bench: Bench, sample: Sample) -> None:
        """Hold to: what is as wanted is left alone."""
        subject = self._subject(bench, sample).there(sample.spec)
        assert subject.applied() in {"unchanged", ""}
        assert bench.writes == []

    def test_an_update_leaves_what_the_manifest_does_not_write(self, bench: Bench, sample: Sample) -> None:
        """Hold to: undeclared fields stay, those that no table knows too."""
        subject = self._subject(bench, _changeable(sample)).there(sample.spec)
        before, unknown, field = subject.seen(), subject.unknown(), next(iter(sample.change))
        subject.declare({**subject.least, field: sample.change[field]})
        assert subject.applied() == "done"
        after, shown = subject.seen(), subject.unknown()
        assert {name for name in {**before, **after} if before.get(name) != after.get(name)} <= {field}
        assert unknown.keys() - shown.keys() == set()

    def test_the_same_said_otherwise_is_no_difference(self, bench: Bench, sample: Sample) -> None:
        """Hold to: a server may say null, nothing, a text or a number, in any order."""
        subject = self._subject(bench, sample).there(sample.spec)
        told = {name: left(bench, retold) for name, retold in retellings(subject.kind).items()}
        assert {name: words for name, words in told.items() if words} == {}

    def test_after_an_export_the_plan_is_empty(self, bench: Bench, sample: Sample) -> None:
        """Hold to: what is exported is accepted, and in sync."""
        subject = self._subject(bench, sample)
        if not subject.is_exported:
            pytest.skip(f"no request shows a {subject.kind.name} by its id alone, nor all of them")
        exported = subject.there(sample.spec).export()
        bench.declare_text(exported)
        bench.validate()
        assert left(bench) == "", exported

    def test_each_of_several_is_found(self, bench: Bench, sample: Sample) -> None:
        """Hold to: a list is read to its end, and names tell objects apart."""
        subjects = [self._created(bench, sample).there(sample.spec) for _ in range(SEVERAL)]
        bench.declare(*sample.beside, *(subject.manifest for subject in subjects))
        assert left(bench) == ""
        assert len({str(subject.id()) for subject in subjects}) == SEVERAL

    def test_looking_at_it_sends_no_write(self, bench: Bench, sample: Sample) -> None:
        """Hold to: plan, drift and export only read."""
        subject = self._subject(bench, sample).there(sample.spec)
        subject.declare({**sample.spec, **sample.change})
        assert (left(bench) != "") is bool(sample.change)
        assert bench.writes == []
        if subject.is_exported:
            subject.export()
        assert bench.writes == []

    def test_what_must_not_be_there_is_deleted_once(self, bench: Bench, sample: Sample) -> None:
        """Hold to: a tombstone deletes, and what is gone is in sync."""
        subject = self._created(bench, sample)
        if subject.kind.remove is None:
            pytest.skip(f"no request deletes a {subject.kind.name}")
        subject.there(sample.spec).declare_gone()
        assert subject.applied() == "done"
        assert left(bench) == ""
        assert subject.applied() in {"unchanged", ""}
        assert bench.writes == []

    def test_killed_after_any_effect_and_begun_again_it_comes_to_the_same_end(
        self, bench: Bench, sample: Sample
    ) -> None:
        """Hold to: an apply that is killed anywhere is resumed by the next one."""
        wrong: dict[str, str] = {}
        for step in self._steps(bench, sample):
            for number in range(EFFECTS_AT_MOST):
                effect, words = self._cut_off(bench, sample, step, number, taken=True)
                if effect is None:
                    break
                if not words and isinstance(effect, Write):
                    _, words = self._cut_off(bench, sample, step, number, taken=False)
                if words:
                    wrong[f"{step}, killed at effect {number}"] = words
        assert wrong == {}

    def test_an_answer_lost_anywhere_changes_nothing_of_the_end(self, bench: Bench, sample: Sample) -> None:
        """Hold to: a write whose answer is lost is looked for, and neither lost nor done twice."""
        wrong: dict[str, str] = {}
        for step in self._steps(bench, sample):
            for number, taken in product(range(1, WRITES_AT_MOST), (True, False)):
                subject = self._begun(bench, sample, step)
                status = subject.applied(number, taken=taken)
                sent = len(bench.writes)
                words = subject.ends() if status in {"done", "unknown"} else status
                if words:
                    wrong[f"{step}, answer {number} lost, {'taken' if taken else 'not taken'}"] = words
                self.emptied(subject)
                if sent < number:
                    break
        assert wrong == {}

    def _subject(self, bench: Bench, sample: Sample) -> Subject:
        subject = Subject(self.system, bench, sample)
        if subject.kind.must_exist and not self.samples:
            pytest.skip(f"nothing creates a {subject.kind.name}: give `samples` of one that is there")
        return subject

    def _created(self, bench: Bench, sample: Sample) -> Subject:
        """Return an object that can be made under any name."""
        subject = self._subject(bench, sample)
        if subject.kind.must_exist:
            pytest.skip(f"nothing creates a {subject.kind.name}")
        return subject

    def _steps(self, bench: Bench, sample: Sample) -> Iterator[Step]:
        """Yield each way from one state of an object to another."""
        kind = self._subject(bench, sample).kind
        if not kind.must_exist:
            yield Step(None, sample.spec)
        if sample.change:
            yield Step(sample.spec, {**sample.spec, **sample.change})
        if kind.remove is not None and not kind.must_exist:
            yield Step(sample.spec, None)

    def _begun(self, bench: Bench, sample: Sample, step: Step) -> Subject:
        """Return an object as it is before a step, which is declared."""
        subject = self._subject(bench, sample).prepared()
        if step.first is not None:
            subject.there(step.first)
        if step.then is None:
            subject.declare_gone()
        else:
            subject.declare(step.then)
        return subject

    def _cut_off(
        self, bench: Bench, sample: Sample, step: Step, number: int, *, taken: bool
    ) -> tuple[Effect | None, str]:
        """Return at which effect an apply was killed, and what is wrong after the next one."""
        subject = self._begun(bench, sample, step)
        effect = bench.cut_off(number, taken=taken)
        words = subject.ends()
        self.emptied(subject)
        return effect, words


def _told(finding: Finding) -> str:
    """Return what is wrong with a declaration, and where."""
    return ": ".join(filter(None, [spell(finding.path), finding.message]))


def _changeable(sample: Sample) -> Sample:
    if not sample.change:
        pytest.skip(f"the sample of {sample.kind} has no change")
    return sample


def _first_auth(system: System) -> Mapping[str, Json]:
    """Return the first way in which a system is told who asks, with each part read from the variable."""
    (name, secret) = (system.auth[0].name, {"env": VARIABLE})
    return {name: dict.fromkeys(AUTH_PARTS[name], secret) if name in AUTH_PARTS else secret}
