"""Holds one object that a law is about, under a name of its own: what is declared of it, what came of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reconcile.errors import ProblemsFound
from reconcile.laws.bench import Bench, Manifest
from reconcile.laws.hand import Retold, as_it_is
from reconcile.laws.samples import Sample, manifest
from reconcile.model import Address, Json, Spec
from reconcile.provider.kinds import Kind, System
from reconcile.yaml_source import read_documents

WELL = frozenset({"done", "unchanged"})


def left(bench: Bench, retold: Retold = as_it_is) -> str:
    """Return what the next plan still sees to do; nothing where all is well."""
    try:
        plan = bench.plan(retold).plan
    except ProblemsFound as error:
        return str(error)
    changes = [f"{it.path}: {it.before!r} -> {it.after!r}" for op in plan.operations for it in op.changes]
    held = [f"{it.path}: {it.reason}" for it in plan.blocked]
    return "; ".join([*changes, *held] or [op.action for op in plan.operations])


@dataclass
class Subject:
    """Hold an object that a sample shows, on a bench."""

    system: System
    bench: Bench
    sample: Sample
    name: str = field(default_factory=lambda: f"law-{secrets.token_hex(4)}")
    written: Spec = field(default_factory=dict)
    """What its manifest writes now."""
    manifest: Manifest = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """Return its kind; ValueError where the system has none of that name."""
        found = self.system.kind(self.sample.kind)
        if found is None:
            raise ValueError(f"{self.system.type} has no kind {self.sample.kind}")
        return found

    @property
    def address(self) -> Address:
        """Return its address."""
        return Address(self.system.type, self.kind.name, self.name)

    @property
    def least(self) -> Spec:
        """Return what a manifest must write of it."""
        needed = {*self.kind.key, *(name for name, row in self.kind.table.rows.items() if row.required)}
        return {name: value for name, value in self.sample.spec.items() if name in needed}

    def declare(self, spec: Spec, **metadata: Json) -> None:
        """Declare it, with what stands beside it."""
        self.written = spec
        self.manifest = manifest(self.kind, self.name, spec, **metadata)
        self.bench.declare(*self.sample.beside, self.manifest)

    def prepared(self) -> Subject:
        """Create what stands beside it, and return the subject itself."""
        if self.sample.beside:
            self.bench.declare(*self.sample.beside)
            odd = [outcome for outcome in self.bench.apply() if outcome.status not in WELL]
            assert not odd, odd
        return self

    def there(self, spec: Spec) -> Subject:
        """Make it as a spec says, where that is possible by creating it, and return the subject itself."""
        self.prepared().declare(spec)
        status = self.applied()
        is_well = status in {*WELL, ""} if self.kind.must_exist else status == "done"
        assert is_well, f"{self.kind.name} was not made as its sample says: {status}"
        return self

    def applied(self, loses: int = 0, *, taken: bool = True) -> str:
        """Apply, and return what came of it; nothing where there was nothing to do."""
        outcomes = {outcome.address: outcome for outcome in self.bench.apply(loses, taken=taken)}
        found = outcomes.get(str(self.address))
        if found is None:
            return ""
        return found.status if found.status in {*WELL, "unknown"} else f"{found.status}: {found.detail}"

    def ends(self) -> str:
        """Apply once more, and return what is wrong then; nothing where nothing shows the disturbance."""
        status = self.applied()
        if status not in {*WELL, ""}:
            return status
        return left(self.bench) and left(self.bench)

    def forgotten(self) -> None:
        """Delete it, where a request does, so that what comes after finds lists as short as before."""
        is_ours = self.kind.remove is not None and not self.kind.must_exist
        if is_ours and self._known_id() is not None:
            self.declare_gone()
            self.applied()

    def declare_gone(self) -> None:
        """Declare that it must not be there: by its id, where nothing else finds it."""
        is_found = self.kind.listed or self.kind.found_by_key
        self.declare(self.least, absent=True, **({} if is_found else {"id": self.id()}))

    def id(self) -> Json:
        """Return the id of the live object; ValueError where it is not there."""
        found = self._known_id()
        if found is None:
            raise ValueError(f"{self.address} is not there")
        return found

    def _known_id(self) -> Json:
        """Return the id of the live object; None where it is not there."""
        return self.bench.plan().facts.ids.get(self.address)

    def export(self) -> str:
        """Return the manifest that an export writes of it."""
        return self.bench.export(f"{self.system.type}/{self.kind.name}/{self.id()}")

    @property
    def is_exported(self) -> bool:
        """Tell whether an export can name it: it is listed, or its id alone shows it."""
        kind = self.kind
        return kind.listed or kind.identified or (kind.rest is not None and kind.fetch != kind.rest.fetch)

    def seen(self) -> Spec:
        """Return what live says of it: what an export does, where one can name it."""
        if self.is_exported:
            return self.exported()
        return self.kind.read(self._live_rows()[-1]).fields

    def exported(self) -> Spec:
        """Return what an export says of it."""
        documents, problems = read_documents(self.export().encode(), "all.yaml")
        assert len(documents) == 1, problems
        spec: Spec = documents[0].value["spec"]
        return spec

    def unknown(self) -> Mapping[str, Json]:
        """Return what live answers say of it that no table knows, and that is not the server's own."""
        table = self.kind.table
        found: dict[str, Json] = {}
        for row in self._live_rows():
            found |= {name: it for name, it in row.items() if name not in {*table.rows, *table.server_own}}
        return {name: value for name, value in found.items() if value is not None}

    def _live_rows(self) -> list[Mapping[str, Json]]:
        """Return the rows about it in what a plan reads."""
        id_ = str(self.id())
        return [*self._rows([answer for hand in self.bench.hands for answer in hand.answers], id_)]

    def _rows(self, body: Json, id_: str) -> Iterator[Mapping[str, Json]]:
        """Yield each row with that id in what answers say."""
        field_of_id = self.kind.rest.id if self.kind.rest else self.kind.id_field
        inner = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
        if isinstance(body, dict) and str(body.get(field_of_id)) == id_:
            yield body
        else:
            for each in inner:
                yield from self._rows(each, id_)
