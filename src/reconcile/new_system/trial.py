"""Tries a draft before it is written: what its modules declare is checked, and what is unsound left out."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType

from reconcile.errors import WrongUsage
from reconcile.model import spell
from reconcile.new_system.code import modules_of
from reconcile.new_system.description_file import DescriptionFile
from reconcile.new_system.draft import SystemDraft
from reconcile.new_system.drafting import system_draft
from reconcile.new_system.openapi import Unsound
from reconcile.new_system.source import plain
from reconcile.provider import Finding, System
from reconcile.provider.checking import check

_LONG = 80


def sound_draft(type_: str, file: DescriptionFile, path: str) -> SystemDraft:
    """Return the draft of a system whose declaration is sound, without the fields that no table can hold.

    WrongUsage where there is none: the description is unsound, or what makes the kind is.
    """
    refused: dict[str, str] = {}
    while True:
        try:
            draft = system_draft(type_, file.description, path, refused)
        except Unsound as error:
            raise file.flaw(error) from None
        except RecursionError:
            raise WrongUsage(f"{file.name}: what it says of `{path}` goes too deep") from None
        found = [finding for finding in flaws(draft) if finding.severity == "error"]
        if not found:
            return draft
        odd = {str(it.path[1]): plain(it.message)[:_LONG] for it in found if _is_of_a_field(draft, it)}
        if not odd:
            words = f"{spell(found[0].path)}: {found[0].message}"
            raise WrongUsage(f"{file.name}: no sound package comes of `{path}`: {words}; write it by hand")
        refused |= odd


def _is_of_a_field(draft: SystemDraft, finding: Finding) -> bool:
    """Tell whether a finding is about a field that the kind can do without."""
    free = {field.name for field in draft.kind.table.fields if "FromName()" not in field.marks}
    return len(finding.path) > 1 and finding.path[0] == draft.kind.name and finding.path[1] in free


def flaws(draft: SystemDraft) -> tuple[Finding, ...]:
    """Return what `reconcile.provider.check` says of a draft."""
    with _imported(modules_of(draft)) as modules:
        system: System = vars(modules[draft.module])["SYSTEM"]
        return check(system)


@contextmanager
def _imported(sources: Mapping[str, str]) -> Iterator[Mapping[str, ModuleType]]:
    """Run modules in their order, and let them import each other for the block."""
    made = {name: ModuleType(name) for name in sources}
    before = {name: sys.modules.get(name) for name in made}
    sys.modules |= made
    try:
        for name, source in sources.items():
            exec(compile(source, name, "exec"), vars(made[name]))  # noqa: S102 - literals and names alone
        yield made
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
