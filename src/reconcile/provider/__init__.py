"""Offers all that a system's package imports: what it declares, what it is asked, what it answers.

Each name is imported when it is first asked for, so that a start costs what it uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconcile.fields import forms
    from reconcile.fields.annotations import (
        AtLeast,
        Atomic,
        Begins,
        Default,
        Fields,
        Fires,
        Form,
        FromName,
        FromOption,
        KeyedList,
        LookupOnly,
        Nameable,
        NamedBy,
        NeverChanges,
        OnlyWritten,
        RefersTo,
        SensitiveIf,
        ServerDefault,
        ShownAs,
        doc,
    )
    from reconcile.fields.table import Row, Table, table_of
    from reconcile.fields.walk import keyed, overlay, withheld
    from reconcile.model import (
        Address,
        Change,
        FieldPath,
        Hold,
        Json,
        KnownValue,
        Live,
        Locator,
        Named,
        Origin,
        Part,
        Problem,
        Ref,
        Request,
        Resource,
        Response,
        Secret,
        Share,
        Spec,
        spell,
    )
    from reconcile.provider.cases import (
        IN_SYNC,
        BadAnswer,
        Case,
        Decision,
        Finding,
        Options,
        Page,
        creation_of,
        patch_of,
        rows_of,
    )
    from reconcile.provider.kinds import (
        API,
        AuthScheme,
        Catalogue,
        Dated,
        Kind,
        LastWrite,
        Provenance,
        System,
    )
    from reconcile.provider.listings import Parents
    from reconcile.provider.lookups import Lookup, Sought, named, names_of, require_id
    from reconcile.provider.paging import ByLink, ByOffset, ByPage, ByToken
    from reconcile.provider.rest import Rest
    from reconcile.provider.routes import Route, is_id, path_id
    from reconcile.provider.zones import is_zone, nearest_zone, no_zone
    from reconcile.timetables import quartz
    from reconcile.timetables.firings import WallTimes
    from reconcile.timetables.quartz_times import quartz_times
    from reconcile.timetables.timetable import Timetable, ZoneFrom, timetable

__all__ = [
    "API",
    "IN_SYNC",
    "Address",
    "AtLeast",
    "Atomic",
    "AuthScheme",
    "BadAnswer",
    "Begins",
    "ByLink",
    "ByOffset",
    "ByPage",
    "ByToken",
    "Case",
    "Catalogue",
    "Change",
    "Dated",
    "Decision",
    "Default",
    "FieldPath",
    "Fields",
    "Finding",
    "Fires",
    "Form",
    "FromName",
    "FromOption",
    "Hold",
    "Json",
    "KeyedList",
    "Kind",
    "KnownValue",
    "LastWrite",
    "Live",
    "Locator",
    "Lookup",
    "LookupOnly",
    "Nameable",
    "Named",
    "NamedBy",
    "NeverChanges",
    "OnlyWritten",
    "Options",
    "Origin",
    "Page",
    "Parents",
    "Part",
    "Problem",
    "Provenance",
    "Ref",
    "RefersTo",
    "Request",
    "Resource",
    "Response",
    "Rest",
    "Route",
    "Row",
    "Secret",
    "SensitiveIf",
    "ServerDefault",
    "Share",
    "ShownAs",
    "Sought",
    "Spec",
    "System",
    "Table",
    "Timetable",
    "WallTimes",
    "ZoneFrom",
    "check",
    "creation_of",
    "doc",
    "forms",
    "is_id",
    "is_zone",
    "keyed",
    "named",
    "names_of",
    "nearest_zone",
    "no_zone",
    "overlay",
    "patch_of",
    "path_id",
    "quartz",
    "quartz_times",
    "require_id",
    "rows_of",
    "spell",
    "table_of",
    "timetable",
    "withheld",
]

_HOMES = (
    "reconcile.provider.kinds",
    "reconcile.provider.cases",
    "reconcile.provider.routes",
    "reconcile.provider.listings",
    "reconcile.provider.paging",
    "reconcile.provider.rest",
    "reconcile.provider.lookups",
    "reconcile.provider.zones",
    "reconcile.provider.checking",
    "reconcile.timetables.quartz_times",
    "reconcile.timetables.timetable",
    "reconcile.fields.annotations",
    "reconcile.fields.table",
    "reconcile.fields.walk",
    "reconcile.model",
)
"""The modules that the names stand in, those first that import most of the others."""


def __getattr__(name: str) -> object:
    """Return what is imported by this name, and keep it."""
    homes = map(import_module, _HOMES if name in __all__ else ())
    home = next((home for home in homes if hasattr(home, name)), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found = getattr(home, name)
    return found
