"""`reconcile new-system` writes a package whose own tests pass at once, whatever a description holds."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import yaml
from tests.integration.tool import Ran, run
from tests.support.interpreters import Interpreter, interpreter

from reconcile.errors import WrongUsage
from reconcile.new_system.description_file import read
from reconcile.new_system.trial import flaws, sound_draft

PATH = {"PATH": "/usr/bin:/bin"}
TEXT = {"type": "string"}


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def content(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def answers(status: int, schema: Any = None) -> dict[str, Any]:
    return {"responses": {str(status): content(schema) if schema else {"description": "done"}}}


def wrapped(name: str) -> dict[str, Any]:
    return {"type": "object", "properties": {name: reference(name.capitalize())}}


VERSION = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {**TEXT, "description": "What it is called. It is unique."},
        "status_id": {"type": "integer", "description": "Its status"},
        "sharing": {**TEXT, "enum": ["none", "tree"], "default": "none"},
        "due_at": {**TEXT, "format": "date-time"},
        "open": {"type": "boolean", "default": True},
        "rank": {"type": "number", "nullable": True},
        "labels": {"type": "array", "items": TEXT},
        "steps": {"type": "array", "items": reference("Step")},
        "place": {"anyOf": [reference("Place"), {"type": "null"}]},
        "class": TEXT,
        "secret": TEXT,
        "made_by": {**TEXT, "readOnly": True},
    },
}
SHOWN = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        **{name: it for name, it in VERSION["properties"].items() if name not in {"status_id", "secret"}},  # type: ignore[attr-defined]
        "status": {"type": "object", "properties": {"id": {"type": "integer"}, "name": TEXT}},
        "created_on": TEXT,
    },
}
TRACKER: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Issue Tracker", "version": "2"},
    "servers": [{"url": "https://tracker.example.com/api"}],
    "components": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Tracker-Key"},
            "login": {"type": "http", "scheme": "basic"},
        },
        "schemas": {
            "Version": VERSION,
            "Shown": SHOWN,
            "Step": {"type": "object", "properties": {"name": TEXT, "days": {"type": "integer"}}},
            "Place": {"allOf": [{"type": "object", "properties": {"city": TEXT}}]},
        },
    },
    "paths": {
        "/versions": {
            "get": {
                "parameters": [
                    {"in": "query", "name": "offset", "schema": {"type": "integer"}},
                    {"in": "query", "name": "limit", "schema": {"type": "integer"}},
                ],
                **answers(
                    200,
                    {
                        "type": "object",
                        "properties": {
                            "versions": {"type": "array", "items": reference("Shown")},
                            "total_count": {"type": "integer"},
                        },
                    },
                ),
            },
            "post": {"requestBody": content(wrapped("version")), **answers(201, wrapped("shown"))},
        },
        "/versions/{id}": {
            "get": answers(200, {"type": "object", "properties": {"version": reference("Shown")}}),
            "put": {"requestBody": content(wrapped("version")), **answers(204)},
            "delete": answers(204),
        },
        "/projects/": {
            "get": answers(200, {"type": "array", "items": {"type": "object", "properties": {"id": TEXT}}}),
        },
        "/projects/{project}/boards/": {
            "get": answers(200, {"type": "array", "items": reference("Board")}),
            "post": {"requestBody": content(reference("Board")), **answers(201, reference("Board"))},
        },
        "/projects/{project}/boards/{board_id}/": {
            "patch": {"requestBody": content(reference("Board")), **answers(200, reference("Board"))},
            "delete": answers(204),
        },
    },
}
TRACKER["components"]["schemas"]["Board"] = {
    "type": "object",
    "properties": {"board_id": {**TEXT, "readOnly": True}, "title": TEXT, "columns": {"type": "integer"}},
}


def written(folder: Path, name: str, description: Mapping[str, Any] | None = None, path: str = "") -> Ran:
    """What `reconcile new-system` says in a folder, of a description where there is one."""
    more: list[str] = []
    if description is not None:
        (folder / "openapi.json").write_text(json.dumps(description))
        more = ["--openapi", str(folder / "openapi.json"), "--path", path]
    return run("new-system", name, *more, environment=PATH, folder=folder)


def source(folder: Path, name: str, module: str) -> str:
    return (folder / f"reconcile-{name}/src/reconcile_{name}/{module}.py").read_text()


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Interpreter:
    return interpreter(tmp_path_factory.mktemp("python"))


def collection(
    path: str, one: str = "{id}", schemas: Mapping[str, Any] = MappingProxyType({}), **fields: Any
) -> dict[str, Any]:
    """A description of one collection, whose objects have a name, and these fields."""
    row = {"id": {"type": "integer", "readOnly": True}, "name": TEXT, **fields}
    thing, sent = reference("Thing"), {"requestBody": content(reference("Thing"))}
    return {
        "openapi": "3.0.0",
        "info": {"title": "Shop"},
        "components": {"schemas": {"Thing": {"required": ["name"], "properties": row}, **schemas}},
        "paths": {
            path: {
                "get": answers(200, {"type": "array", "items": thing}),
                "post": {**sent, **answers(201, thing)},
            },
            f"{path}/{one}": {
                "get": answers(200, thing),
                "patch": {**sent, **answers(200, thing)},
                "delete": answers(204),
            },
        },
    }


NODE = {
    "type": "object",
    "properties": {
        "name": TEXT,
        "parent": {"allOf": [reference("Node")], "nullable": True},
        "children": {"type": "array", "items": reference("Node")},
    },
}
ROUND = collection(
    "/things", schemas={"Node": NODE}, top=reference("Node"), next=reference("Thing"),
    all={"type": "array", "items": reference("Node")},
)  # fmt: skip
OF_PYTHON = collection(
    "/probes", doc=TEXT, str=TEXT, int={"type": "integer"}, bool={"type": "boolean", "default": True},
    list={"type": "array", "items": TEXT}, dict={"type": "object"}, forms={**TEXT, "format": "date-time"},
    mro=TEXT, model_dump=TEXT, Any=TEXT, Literal={**TEXT, "enum": ["a", "b"]},
    Default={"type": "integer", "description": "A Route of Parents.", "default": 3},
)  # fmt: skip
UNFIT = collection(
    "/things",
    count={"type": "integer", "default": "3", "minimum": float("inf")},
    way={**TEXT, "enum": ["x", "y"], "default": "z", "example": "q"},
    twice={**TEXT, "enum": ["x", "x"]},
    spelled={**TEXT, "enum": ["open", "OPEN"]},
    at={**TEXT, "format": "date-time", "default": "soon", "example": "yesterday"},
)

CASES = {
    "what goes round": (ROUND, "/things"),
    "what Python and a package call something else": (OF_PYTHON, "/probes"),
    "values that do not fit": (UNFIT, "/things"),
    "a collection that nothing lists": (
        collection("/orgs/{org-id}/teams/{class}/boards", "{board-id}"),
        "/orgs/{org-id}/teams/{class}/boards",
    ),
    "without a description": (None, ""),
    "a collection": (TRACKER, "/versions"),
    "a collection inside of objects": (TRACKER, "/projects/{project}/boards"),
}


@pytest.mark.parametrize(("description", "path"), CASES.values(), ids=CASES)
def test_what_is_written_passes_its_own_tests_and_is_formatted(
    tmp_path: Path, python: Interpreter, description: Any, path: str
) -> None:
    ran = written(tmp_path, "tracker", description, path)
    assert (ran.code, ran.err) == (0, "")
    package = tmp_path / "reconcile-tracker"
    assert all((tmp_path / line.split()[1]).is_file() for line in ran.out.splitlines() if "written" in line)
    passed = python.run("-q", "-p", "no:cacheprovider", cwd=package, module="pytest")[0]
    assert "passed" in passed
    assert "failed" not in passed
    ruff = [sys.executable, "-m", "ruff"]
    for words in (["format", "--check"], ["check", "--select", "E,F,I,UP"]):
        ruffed = subprocess.run(
            [*ruff, *words, "."], cwd=package, capture_output=True, text=True, check=False
        )
        assert ruffed.returncode == 0, ruffed.stdout


def test_what_is_written_is_installed_and_listed(tmp_path: Path, python: Interpreter) -> None:
    written(tmp_path, "tracker")
    package = tmp_path / "reconcile-tracker/src/reconcile_tracker"
    files = {
        f"reconcile_tracker/{file.name}": file.read_text() for file in package.iterdir() if file.is_file()
    }
    python.install("reconcile-tracker", files, {"tracker": "reconcile_tracker:SYSTEM"}, "0.1.0")
    assert "reconcile-tracker 0.1.0" in python.run("systems", cwd=tmp_path)[0]


def test_a_description_says_routes_envelopes_pages_and_who_asks(tmp_path: Path) -> None:
    written(tmp_path, "tracker", TRACKER, "/versions")
    kind, system = source(tmp_path, "tracker", "version"), source(tmp_path, "tracker", "__init__")
    for line in (
        'list=Route("GET /versions")', 'create=Route("POST /versions")', 'update=Route("PUT /versions/{id}")',
        'envelope="version"', 'row="version"', 'rows="versions"', 'pages=ByOffset(total="total_count")',
        "is_replaced=True", 'ShownAs("status")', 'Default("none")', "Form(forms.instant)",
        'KeyedList(("name",))', "steps: Annotated[\n        list[VersionStep] | None,",
        "place: Annotated[\n        VersionPlace | None,",
        '# left out: class (no name that Python has)', "# left out: made_by (the server's own)",
        "# left out: secret (in no answer, so that nobody could compare it)",
        'doc("string", "What it is called.", "a name")',
    ):  # fmt: skip
        assert line in kind
    assert 'AuthScheme("header", parameter="X-Tracker-Key")' in system
    assert 'AuthScheme("basic")' in system
    assert "url: https://tracker.example.com/api" in (tmp_path / "reconcile-tracker/README.md").read_text()


def test_a_collection_inside_of_objects_says_in_which_and_how_they_are_listed(tmp_path: Path) -> None:
    written(tmp_path, "tracker", TRACKER, "/projects/{project}/boards/")
    kind = source(tmp_path, "tracker", "board")
    for line in (
        'list=Route("GET /projects/{project}/boards/")', 'id="board_id"', 'in_paths=("project",)',
        'update=Route("PATCH /projects/{project}/boards/{board_id}/")', "has_text_id=True",
        'parents=Parents(Route("GET /projects/"), "project")', "    project: Annotated[",
    ):  # fmt: skip
        assert line in kind


HOSTILE = '"""\nimport os\nos.system("x") # \\" \'\'\' {0} \u202e \x00'


def hostile(value: Any) -> Any:
    """The description with a text in the place of each one that people read, and of each name."""
    match value:
        case {"type": "string", **more} if "enum" not in more:
            return {**value, "description": HOSTILE, "title": HOSTILE, "default": HOSTILE, "example": HOSTILE}
        case dict():
            return {name: hostile(inner) for name, inner in value.items()}
        case list():
            return [hostile(inner) for inner in value]
    return value


def test_nothing_in_a_description_becomes_code(tmp_path: Path) -> None:
    bad = hostile(TRACKER)
    bad["info"]["title"] = HOSTILE
    bad["components"]["securitySchemes"]["key"]["name"] = HOSTILE
    bad["components"]["schemas"]["Version"]["properties"][HOSTILE] = TEXT
    bad["components"]["schemas"]["Shown"]["properties"][HOSTILE] = TEXT
    assert written(tmp_path, "tracker", bad, "/versions").code == 0
    for file in (tmp_path / "reconcile-tracker").rglob("*.py"):
        tree = ast.parse(file.read_text())
        imported = {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        }
        called = {
            node.func.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert (imported, called) == (set(), set())


NAMES = (
    "anys", "classes", "defaults", "exceptions", "fields", "forms", "imports", "kinds", "lambdas", "lists",
    "literals", "options", "probes", "rests", "routes", "systems", "2fas", "last-writes",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_collection_may_be_called_like_anything(name: str) -> None:
    text = json.dumps(collection(f"/{name}", write={"type": "object", "properties": {"name": TEXT}}))
    draft = sound_draft("shop", read(text.encode(), "api.json"), f"/{name}")
    assert flaws(draft) == ()
    assert "write" in {field.name for field in draft.kind.table.fields}


def test_a_draft_that_is_unsound_is_seen_to_be_before_it_is_written() -> None:
    text = json.dumps(collection("/things", size={"type": "integer"})).encode()
    draft = sound_draft("shop", read(text, "api.json"), "/things")
    (*others, size) = draft.kind.table.fields
    table = draft.kind.table._replace(fields=(*others, size._replace(marks=('Default("x")',))))
    (found,) = flaws(draft._replace(kind=draft.kind._replace(tables=(table,))))
    assert (found.path, found.severity) == (("Thing", "size"), "error")


@pytest.mark.parametrize("part", ["allOf", "anyOf", "oneOf"])
def test_what_is_made_of_itself_over_and_over_has_an_end(part: str) -> None:
    schemas = {f"A{at}": {part: [reference(f"A{at + 1}")] * 3} for at in range(40)} | {
        "A40": {part: [reference("A0")] * 3, **TEXT}
    }
    text = json.dumps(collection("/things", schemas=schemas, odd=reference("A0")))
    assert sound_draft("shop", read(text.encode(), "api.json"), "/things").kind.name == "Thing"


UNSOUND: dict[str, tuple[list[str | int], Any, str]] = {
    "a schema": (["components", "schemas", "Thing"], 3, "`components.schemas.Thing` is a number"),
    "properties": (
        ["components", "schemas", "Thing", "properties"], ["name"],
        "`components.schemas.Thing.properties` is a list, and OpenAPI has a mapping there",
    ),
    "what is required": (
        ["components", "schemas", "Thing", "required"], "name",
        "`components.schemas.Thing.required` is a text, and OpenAPI has a list there",
    ),
    "an enumeration": (
        ["components", "schemas", "Thing", "properties", "name"], {**TEXT, "enum": "ab"},
        "`components.schemas.Thing.properties.name.enum` is a text",
    ),
    "a path": (["paths", "/things"], "x", "`paths./things` is a text, and OpenAPI has a mapping there"),
    "answers": (["paths", "/things", "get", "responses"], [], "`paths./things.get.responses` is a list"),
    "parameters": (["paths", "/things", "parameters"], [3], "`paths./things.parameters.0` is a number"),
    "servers": (["servers"], "https://x", "`servers` is a text, and OpenAPI has a list there"),
    "a reference to nothing": (
        ["components", "schemas", "Thing"], reference("Nothing"),
        "`components.schemas.Thing.$ref` leads to nothing in this file",
    ),
    "a reference to a file": (
        ["components", "schemas", "Thing"], {"$ref": "things.json#/Thing"},
        "`components.schemas.Thing.$ref` leads out of this file: put all of the description into one",
    ),
    "a reference to itself": (
        ["components", "schemas", "Thing"], reference("Thing"), "`components.schemas.Thing.$ref` leads round",
    ),
}  # fmt: skip


def with_part(description: Any, way: Sequence[str | int], value: Any) -> Any:
    """A description with another value at one of its places."""
    changed = holder = json.loads(json.dumps(description))
    for step in way[:-1]:
        holder = holder[step]
    holder[way[-1]] = value
    return changed


@pytest.mark.parametrize(("way", "value", "words"), UNSOUND.values(), ids=UNSOUND)
def test_a_part_of_a_description_that_is_no_such_part_is_told_with_its_place(
    tmp_path: Path, way: list[str | int], value: Any, words: str
) -> None:
    unsound = with_part(collection("/things"), way, value)
    with pytest.raises(WrongUsage) as raised:
        sound_draft("shop", read(json.dumps(unsound, indent=1).encode(), "api.json"), "/things")
    place, _, told = str(raised.value).partition(": ")
    assert told.startswith(words)
    file, line, _ = place.split(":")
    name = next(step for step in reversed(told.split("`")[1].split(".")) if not step.isdecimal())
    around = json.dumps(unsound, indent=1).splitlines()[int(line) - 2 : int(line)]
    assert (file, f'"{name}"' in "".join(around)) == ("api.json", True)
    ran = written(tmp_path, "shop", unsound, "/things")
    assert (ran.code, "openapi.json:1:" in ran.err, "Traceback" in ran.err) == (64, True, False)
    assert not (tmp_path / "reconcile-shop").exists()


def places(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to each part of a description."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, found in inner:
        yield (*way, step)
        yield from places(found, (*way, step))


ODD = (None, 3, "x", True, [], {}, ["a"], {"a": 1}, [{"a": 1}], [None], {"$ref": 3}, {"type": [{}]})


def test_whatever_stands_anywhere_in_a_description_a_draft_comes_of_it_or_a_word(tmp_path: Path) -> None:
    for at, way in enumerate(places(TRACKER)):
        text = json.dumps(with_part(TRACKER, way, ODD[at % len(ODD)])).encode()
        with suppress(WrongUsage):
            assert sound_draft("shop", read(text, "api.json"), "/versions").kind.name == "Version", way


WRONG = {
    "a path that is near": (
        TRACKER, "/version", "no path `/version` in the description; did you mean `/versions`?",
    ),
    "a path without a list": (
        {**TRACKER, "paths": {"/versions": {"post": {}}}},
        "/versions", "`/versions` can't be listed: no GET there",
    ),
    "no description": ({"a": 1}, "/versions", "is no OpenAPI description: it has no `openapi` and `paths`"),
    "the older kind": ({"swagger": "2.0", "paths": {}}, "/versions", "is Swagger 2: convert it to OpenAPI 3"),
    "objects without an id": (
        {**TRACKER, "paths": {"/x": {"get": answers(200, {"type": "array", "items": reference("Step")})}}},
        "/x", "no answer shows the id of a X: it has no `id`",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("description", "path", "words"), WRONG.values(), ids=WRONG)
def test_what_no_package_can_be_made_of_is_told(
    tmp_path: Path, description: Any, path: str, words: str
) -> None:
    ran = written(tmp_path, "tracker", description, path)
    assert ran.code == 64
    assert words in ran.err
    assert not (tmp_path / "reconcile-tracker").exists()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["Tracker"], 64, "NAME is a word of small letters and digits such as `tracker`"),
        (["../x"], 64, "NAME is a word of small letters and digits"),
        (["brpm"], 64, "`brpm` is built in: NAME is another type of system"),
        (["x", "--path", "/things"], 64, "--openapi FILE and --path PATH go together"),
        (["x", "--openapi", "nowhere.json", "--path", "/x"], 1, "nowhere.json cannot be read"),
    ],
)
def test_what_is_asked_for_wrongly_is_refused(tmp_path: Path, words: list[str], code: int, told: str) -> None:
    ran = run("new-system", *words, environment=PATH, folder=tmp_path)
    assert ran.code == code
    assert told in " ".join(ran.err.split())


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    written(tmp_path, "tracker")
    readme = tmp_path / "reconcile-tracker/README.md"
    readme.write_text("mine")
    ran = written(tmp_path, "tracker")
    assert ran.code == 1
    assert "is there already: nothing is overwritten [exists]" in ran.err
    assert readme.read_text() == "mine"


def test_a_description_in_yaml_is_read_too(tmp_path: Path) -> None:
    things = answers(200, {"type": "array", "items": {"properties": {"id": TEXT, "title": TEXT}}})
    text = yaml.safe_dump({"openapi": "3.0.0", "paths": {"/things": {"get": things}}})
    (tmp_path / "api.yaml").write_text(text)
    ran = run(
        "new-system", "shop", "--openapi", "api.yaml", "--path", "/things", environment=PATH, folder=tmp_path
    )
    assert ran.code == 0, ran
    assert 'list=Route("GET /things")' in source(tmp_path, "shop", "thing")
