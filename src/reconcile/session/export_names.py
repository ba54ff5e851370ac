"""Puts names in the place of ids into exported manifests, where exactly one live object has the name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from reconcile.cleaning import Clean
from reconcile.fields.forms import integer
from reconcile.fields.table import Table
from reconcile.live.pages import Line, look
from reconcile.live_manifests import Called, Manifest, unnamed
from reconcile.model import Json, Named, Spec
from reconcile.provider.lookups import Lookup, Lookups, Sought, names_of


@dataclass(frozen=True, slots=True)
class ExportNames:
    """Hold the names of what exported manifests hold the ids of; each list is read once."""

    lines: Mapping[str, Line]
    clean: Clean
    """Takes secrets out of a text: a name that holds one is not written."""
    lists: dict[tuple[str, Lookup, Json], Mapping[str, str]] = field(default_factory=dict)

    def put_into(self, manifest: Manifest) -> Manifest:
        """Return the manifest with names in the place of ids, which become comments.

        ApiError where a list cannot be read.
        """
        kind = manifest.kind
        return manifest._replace(spec=self._object(manifest.system, kind.lookups, kind.table, manifest.spec))

    def _object(self, system: str, lookups: Lookups, table: Table, spec: Spec) -> Spec:
        found = dict(spec)
        for name, given in spec.items():
            row, value = table.rows[name], unnamed(given)
            if row.nameable is not None and value is not None:
                within = integer(unnamed(spec.get(row.nameable.within))) if row.nameable.within else None
                known = self.by_id(system, lookups[row.nameable.lookup], within)
                if text := known.get(str(value)):
                    found[name] = Called(Named(text), str(value))
            elif row.shape == "object" and isinstance(given, dict):
                found[name] = self._object(system, lookups, row.nested, given)
            elif row.shape == "keyed" and isinstance(given, list):
                found[name] = [self._object(system, lookups, row.nested, entry) for entry in given]
        return found

    def by_id(self, system: str, lookup: Lookup, within: Json) -> Mapping[str, str]:
        """Return by id the shortest name that one object alone has; ApiError where no list can be read."""
        place = system, lookup, within
        if place not in self.lists:
            lives = look(lookup, lookup.ask(Sought(system, within)), self.lines[system]).lives
            each = {str(live.id): live for live in lives}
            many = Counter(name for live in each.values() for name in {*names_of(live)})
            self.lists[place] = {
                id_: names[0]
                for id_, live in each.items()
                if (names := [name for name in names_of(live) if many[name] == 1 and self._is_fit(name)])
            }
        return self.lists[place]

    def _is_fit(self, name: str) -> bool:
        return bool(name.strip()) and self.clean(name) == name
