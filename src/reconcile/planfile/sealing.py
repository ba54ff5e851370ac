"""Takes the secrets out of a document, and seals it; what it says is decided in `planfile.write`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconcile.cleaning import Clean, cleaned
from reconcile.model import Json
from reconcile.named_tuple import NamedTuple
from reconcile.planfile.document import Document
from reconcile.planfile.document_parts import DocumentOperation
from reconcile.planfile.json_form import from_json, to_json
from reconcile.planning.digest import digest


class Written(NamedTuple):
    """Hold a document that is clean and sealed, and the same as JSON."""

    document: Document
    said: Mapping[str, Json]


def written(whole: Document, clean: Clean, operations: Iterable[Mapping[str, Json]] | None = None) -> Written:
    """Return a document without the secrets that `clean` knows, and with its seal.

    `operations` are those of the plan as JSON, where somebody has them; what is kept of each is added.
    """
    said = to_json(whole) if operations is None else _with_kept(whole, operations)
    found = cleaned(said, clean)
    if found is not said:
        whole = from_json(Document, found)
        said = to_json(whole)
    seal = _seal(said["operations"])
    return Written(whole._replace(seal=seal), {**said, "seal": seal})


def _with_kept(whole: Document, operations: Iterable[Mapping[str, Json]]) -> dict[str, Json]:
    """Return a document as JSON, made of what its operations are without what is kept of them."""
    pairs = zip(operations, whole.operations, strict=True)
    told = [{**said, "kept": to_json(of.kept)} if of.kept else said for said, of in pairs]
    return {**to_json(whole._replace(operations=())), "operations": told}


def seal_of(operations: Iterable[DocumentOperation]) -> str:
    """Return the digest by which a saved plan shows that its operations are as they were written."""
    return _seal(map(to_json, operations))


def _seal(told: Iterable[Mapping[str, Json]]) -> str:
    return digest([{name: said for name, said in each.items() if name != "live_written"} for each in told])
