"""What is kept of a file means what the file means: the same resources, lines and problems, or nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hostile.corpus import Case
from tests.hostile.corpus import cases as hostile
from tests.hostile.corpus import written as put
from tests.support.mistakes import mistakes
from tests.support.projects import ENVIRONMENTS, read, release, written

from reconcile.fields.table import Table
from reconcile.fields.walk import keyed
from reconcile.manifests import Loaded, Outside, load
from reconcile.manifests.cache.cached_source import CachedSource
from reconcile.manifests.cache.entries import context, project_context
from reconcile.manifests.cache.store import CACHE_FOLDER, Cache
from reconcile.manifests.references import kind_of
from reconcile.model import FieldPath, Origin, Problem, Spec
from reconcile.project import FILE, Project
from reconcile.provider import Provenance
from reconcile.systems import Installed

CATALOGUE = Installed()
DATA = Path(__file__).parents[1] / "data" / "mistakes"
MISTAKES = [mistake for file in sorted(DATA.glob("*.txt")) for mistake in mistakes(file)]
HOSTILE = [
    case
    for case in hostile()
    if isinstance(case.project, str) and FILE not in case.files and not case.fresh and case.table != "size"
]
EXAMPLES = [path.parent for path in sorted((Path(__file__).parents[2] / "examples").glob("*/reconcile.yaml"))]
OUTSIDE = Outside(None, {"given": "1.10"})


def test_a_file_that_is_known_says_what_it_said_before(tmp_path: Path) -> None:
    for mistake in MISTAKES:
        with TemporaryDirectory() as folder:
            _means_the_same(written(Path(folder), mistake.files), mistake.given.get("env"))


@pytest.mark.parametrize("root", EXAMPLES, ids=lambda root: root.name)
def test_an_example_that_is_known_says_what_it_said_before(root: Path, tmp_path: Path) -> None:
    for file in root.rglob("*.yaml"):
        place = tmp_path / file.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.read_bytes())
    assert any([_means_the_same(tmp_path, name) for name in (None, "staging", "production")])


def test_hostile_files_are_no_better_known_than_read() -> None:
    for case in HOSTILE:
        with TemporaryDirectory() as folder:
            _means_the_same(_hostile(case, Path(folder)), None)


def _hostile(case: Case, root: Path) -> Path:
    put(case, root, "http://127.0.0.1:1")
    return root


SCALARS = st.sampled_from(
    [
        *("3", "1.10", "0x1F", "+7", "true", "True", "'3'", "null", "~", "text", '"a: b"', "1e3"),
        *("{var: given}", "{var: structure}", "{env: CANARY}", "{ref: flexdeploy/Release/other}"),
        *("&a once", "*a", "|\n    lines\n    of text"),
    ]
)
FIELDS = st.sampled_from(["releaseName", "description", "pipelineName", "releaseStatus", "cmsDetails"])
LISTS = st.lists(
    st.fixed_dictionaries({"projectId": st.integers(1, 3)}, optional={"priority": st.integers(1, 3)}),
    max_size=3,
)
METADATA = st.sampled_from(
    [
        "",
        "id: 7",
        "suspend: no",
        "suspend: {reason: 1.10, until: 2026-12-24}",
        "known: [{path: description, live: 1.10, reason: x, until: 2026-12-24}]",
        "absent: true",
        "environments: [staging]",
    ]
)


@st.composite
def _documents(draw: st.DrawFn) -> str:
    spec = draw(st.dictionaries(FIELDS, SCALARS, max_size=3))
    body = "".join(f"  {name}: {value}\n" for name, value in spec.items())
    if draw(st.booleans()):
        body += f"  projects: {json.dumps(draw(LISTS))}\n"
    head = f"apiVersion: flexdeploy/v1\nkind: Release\nmetadata: {{name: r{draw(st.integers(1, 4))}"
    more = draw(METADATA)
    return f"{head}{', ' if more else ''}{more}}}\nspec:{' {}' if not body else ''}\n{body}"


@given(st.lists(st.lists(_documents(), max_size=4), max_size=3))
def test_drawn_files_that_are_known_say_what_they_said_before(files: list[list[str]]) -> None:
    texts = {f"manifests/{at}.yaml": "---\n".join(documents) for at, documents in enumerate(files)}
    project = f"{ENVIRONMENTS}variables: {{structure: [1, {{propertyName: A}}]}}\n"
    with TemporaryDirectory() as folder:
        root = written(Path(folder), {"reconcile.yaml": project, **texts})
        for environment in ("staging", "production"):
            _means_the_same(root, environment)


def _means_the_same(root: Path, environment: str | None) -> bool:
    """Whether anything was kept; what is recalled is as what is read, in any order of the two."""
    project, _ = read(root, environment, CATALOGUE)
    if project is None:
        return False
    plain = _told(load(project, CATALOGUE, OUTSIDE))
    meaning = context(project, OUTSIDE.words(project).variables, OUTSIDE.secrets)
    for _ in range(2):
        cache = Cache(root, meaning)
        assert _told(CachedSource(cache).load(project, CATALOGUE, OUTSIDE)) == plain
        cache.write()
    return any(root.glob(f"{CACHE_FOLDER}/*.kept"))


def _told(loaded: Loaded) -> Any:
    """All that a load comes to, types and the line of every field included."""
    return repr([[*map(_resource, loaded.resources)], loaded.problems, loaded.files])


def _resource(resource: Any) -> Any:
    apart = ("locate", "locate_around", "joint")
    own = {name: getattr(resource, name) for name in resource._fields if name not in apart}
    table = kind_of(resource, CATALOGUE).table
    waits = [
        resource.locate_around(("metadata", "dependsOn", at)) for at, _ in enumerate(resource.depends_on)
    ]
    parts = [*map(_resource, resource.joint.parts)] if resource.joint else None
    return own, waits, [(path, resource.locate(path)) for path in _paths(table, resource.spec)], parts


def _paths(table: Table, spec: Spec) -> Iterator[FieldPath]:
    for name, value in spec.items():
        yield (name,)
        row = table.rows[name]
        if row.shape == "keyed" and isinstance(value, list):
            for key, entry in keyed(row, value).items():
                yield from ((name, key), *((name, key, *path) for path in _paths(row.nested, entry)))
        elif row.shape == "object" and isinstance(value, dict):
            yield from ((name, *path) for path in _paths(row.nested, value))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of one release."""
    return written(tmp_path, {"manifests/a.yaml": release("train", "{description: ours}")})


def _project(root: Path) -> Project:
    project, problems = read(root, None, CATALOGUE)
    assert project is not None, problems
    return project


def _loaded(root: Path, variables: Mapping[str, Any] | None = None) -> str:
    """What the description of the release is, with what is kept."""
    project, outside = _project(root), Outside(None, variables or {})
    cache = Cache(root, context(project, outside.words(project).variables, None))
    loaded = CachedSource(cache).load(project, CATALOGUE, outside)
    cache.write()
    return str(loaded.resources[0].spec["description"])


def _problems(root: Path) -> tuple[Problem, ...]:
    """The problems of the project, with what is kept."""
    project = _project(root)
    cache = Cache(root, context(project, {}, None))
    loaded = CachedSource(cache).load(project, CATALOGUE, Outside())
    cache.write()
    return loaded.problems


def _kept(root: Path) -> Path:
    (file,) = root.glob(f"{CACHE_FOLDER}/*.kept")
    return file


def _entry(root: Path) -> bytes:
    """What is kept of the one file."""
    return _kept(root).read_bytes().split(b"\n", 1)[1]


def _forged(root: Path) -> None:
    """Makes what is kept say another thing, as if it had been written so."""
    _put(root, _entry(root).replace(b"ours", b"forged"))


def _put(root: Path, text: bytes) -> None:
    """Makes `text` the entry of the one file, with its length and checksum."""
    head = json.loads(_kept(root).read_bytes().split(b"\n", 1)[0].partition(b" ")[2])
    ((key, _, _),) = head["entries"]
    head["entries"] = [[key, len(text), crc32(text)]]
    _put_head(root, json.dumps(head).encode(), text)


def _put_head(root: Path, head: bytes, text: bytes) -> None:
    line = head + b"\n"
    _kept(root).write_bytes(b"%08x %b%b" % (crc32(line), line, text))


def test_what_is_kept_is_taken_as_it_is(root: Path) -> None:
    assert _loaded(root) == "ours"
    _forged(root)
    assert _loaded(root) == "forged", "else the tests below would show nothing"


@pytest.mark.parametrize("at", range(0, 60, 3))
def test_a_line_that_is_not_as_it_was_written_is_passed_over(root: Path, at: int) -> None:
    _loaded(root)
    _forged(root)
    data = bytearray(_kept(root).read_bytes())
    place = at * len(data) // 60
    data[place] ^= 1
    _kept(root).write_bytes(data)
    assert _loaded(root) == "ours"


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"\n\n", b"nonsense", b"\xff\x00 \xff", b"[" * 10_000),
        *(b"null", b"5", b"[]", b"{}", b'{"places": 5, "documents": 5}', b'{"places": "", "documents": [5]}'),
        b'{"places": "", "documents": [[0, 1, 1, "x", true, {"apiVersion": 5, "kind": []}, null, 5]]}',
        b'{"places": "!", "documents": [[0, 1, 1, "nowhere", true, {}, {}, [[[], "ref", 5]]]]}',
    ],
)
def test_a_foreign_entry_is_passed_over(root: Path, text: bytes) -> None:
    _loaded(root)
    _put(root, text)
    assert _loaded(root) == "ours"


@pytest.mark.parametrize(
    "head",
    [
        *(
            b"",
            b"{}",
            b"[]",
            b"null",
            b"\xff",
            b'{"entries": 5, "sound": []}',
            b'{"entries": [5], "sound": []}',
        ),
        *(b'{"entries": [["k", -1, 0]], "sound": []}', b'{"entries": [[[], 1, 0]], "sound": []}'),
        b'{"entries": [["k", 1e300, 0], ["l", "m", "n"]], "sound": null}',
    ],
)
def test_a_foreign_list_of_entries_is_passed_over(root: Path, head: bytes) -> None:
    _loaded(root)
    _put_head(root, head, _entry(root).replace(b"ours", b"forged"))
    assert _loaded(root) == "ours"


def test_what_is_wrong_between_files_is_seen_though_each_is_known(root: Path) -> None:
    other = root / "manifests" / "b.yaml"
    other.write_text(release("train", "{description: theirs}"))
    assert [problem.code for problem in _problems(root)] == ["declared-twice"]
    assert [problem.code for problem in _problems(root)] == ["declared-twice"], "each file is known by now"
    other.unlink()
    assert _problems(root) == _problems(root) == ()
    other.write_text(release("train", "{description: theirs}"))
    assert [problem.code for problem in _problems(root)] == ["declared-twice"]


def test_a_copy_of_a_file_is_a_second_claim_though_its_bytes_are_known(root: Path) -> None:
    assert _problems(root) == _problems(root) == ()
    (root / "manifests" / "copy.yaml").write_bytes((root / "manifests" / "a.yaml").read_bytes())
    assert [problem.code for problem in _problems(root)] == ["declared-twice"]
    assert [problem.code for problem in _problems(root)] == ["declared-twice"]


def test_another_meaning_is_another_cache(root: Path) -> None:
    _loaded(root)
    _forged(root)
    assert _loaded(root, {"some": "variable"}) == "ours"


def test_a_link_is_not_followed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    _loaded(root)
    _forged(root)
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "cache"
    (root / CACHE_FOLDER).rename(elsewhere)
    (root / CACHE_FOLDER).symlink_to(elsewhere)
    assert _loaded(root) == "ours"
    file = next(elsewhere.glob("*.kept"))
    (root / CACHE_FOLDER).unlink()
    (root / CACHE_FOLDER).mkdir()
    (root / CACHE_FOLDER / file.name).symlink_to(file)
    assert _loaded(root) == "ours"


def test_a_pipe_in_its_place_is_no_cache(root: Path) -> None:
    _loaded(root)
    file = _kept(root)
    file.unlink()
    os.mkfifo(file)
    assert _loaded(root) == "ours"


@pytest.mark.parametrize("places", [b"!", b"AAAA", b"AAA=", b""])
def test_places_that_are_none_are_the_file_s_beginning(root: Path, places: bytes) -> None:
    _loaded(root)
    _put(root, json.dumps(json.loads(_entry(root)) | {"places": places.decode()}).encode())
    project = _project(root)
    cache = Cache(root, context(project, {}, None))
    (resource,) = CachedSource(cache).load(project, CATALOGUE, Outside()).resources
    cache.write()
    assert resource.locate(("description",)) == Origin("manifests/a.yaml")


def test_no_more_than_a_few_meanings_are_kept(root: Path) -> None:
    for number in range(70):
        _loaded(root, {"some": number})
    assert len([*root.glob(f"{CACHE_FOLDER}/*.kept")]) == 64


def test_whether_a_project_file_is_in_order_depends_on_environment_and_options() -> None:
    types = (["flexdeploy"], ["katalon"], ["flexdeploy", "katalon"], ["nothing"])
    meanings = [project_context(named, name, CATALOGUE) for named in types for name in (None, "None", "a")]
    assert len({*meanings}) == len(meanings)
    other = {**CATALOGUE, "katalon": CATALOGUE["katalon"]._replace(options=CATALOGUE["flexdeploy"].options)}
    assert project_context(["katalon"], None, other) != project_context(["katalon"], None, CATALOGUE)
    assert project_context(["brpm"], None, other) == project_context(["brpm"], None, CATALOGUE)
    newer = {**CATALOGUE, "brpm": CATALOGUE["brpm"]._replace(provenance=Provenance("some", "1.1"))}
    assert project_context(["brpm"], None, newer) != project_context(["brpm"], None, CATALOGUE)


def test_a_file_that_says_one_place_twice_is_never_kept_as_in_order(tmp_path: Path) -> None:
    spec = "{properties: [{propertyName: A, propertyValue: x}, {propertyName: A, propertyValue: y}]}"
    root = written(tmp_path, {"reconcile.yaml": ENVIRONMENTS, "manifests/a.yaml": release("a", spec)})
    assert not _means_the_same(root, "staging")
