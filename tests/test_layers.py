"""The house as drawn: which way imports run, where each outside library lives, who names a system."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

import reconcile

ROOT = Path(reconcile.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
SERVERS = ROOT.parent / "reconcile_sandbox"
SANDBOX = sorted(SERVERS.rglob("*.py"))

ORDER = (
    "version", "named_tuple", "clock", "moments", "timetables", "model", "errors", "json_codec", "suggest",
    "endpoint", "cleaning", "build_logs", "yaml_source", "fields", "provider", "packages", "systems",
    "project", "manifests", "git", "desired", "live", "planning", "planfile", "accepting", "execution",
    "transport", "live_manifests", "reports", "schema", "explain", "templates", "new_system", "session",
    "completion", "cli", "__main__", "laws",
)  # fmt: skip
"""The rooms from left to right: an import runs only to the left."""

LAWS = frozenset({"provider/testing.py"})
"""The door to the laws, which the tests of packages alone import."""

DOOR = "reconcile.provider"
"""All that a system's folder may import, beside what stands in it."""

HOMES: dict[str, frozenset[str]] = {
    "yaml": frozenset({"yaml_source"}),
    "deepdiff": frozenset({"planning"}),
    "httpx": frozenset({"transport"}),
    "click": frozenset({"cli"}),
    "rich": frozenset({"cli"}),
    "pydantic_core": frozenset({"json_codec"}),
    "pytest": frozenset({"laws"}),
    "pydantic": frozenset({"fields", "project", "manifests", "provider", "systems", "schema", "planfile"}),
}

PURE = frozenset({"desired", "planning", "planfile", "reports"})
"""The rooms that decide and describe: they reach no thread, no process and no network through any import."""

OUTSIDE = frozenset(
    {"threading", "concurrent", "multiprocessing", "asyncio", "subprocess", "socket", "httpx"}
)

ENGINE = [file for file in FILES if file.relative_to(ROOT).parts[0] != "systems"]
NAMED_BY_THE_CLI = frozenset(f"cli/demo/{name}.py" for name in ("__init__", "answers", "script", "stage"))
"""What plays the example of one system may name it."""


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def room(file: Path) -> str:
    return file.relative_to(ROOT).with_suffix("").parts[0]


def place(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it, relative ones spelled out; its own room's too."""
    package = file.relative_to(ROOT.parent).parts[:-1]
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*above, *filter(None, [node.module])))
            yield module
            yield from (f"{module}.{name.name}" for name in node.names if module == "reconcile")


def rooms_used(file: Path) -> set[str]:
    found = {name.split(".")[1] for name in imports(file) if name.startswith("reconcile.")}
    return found - {room(file)}


@pytest.mark.parametrize("file", FILES, ids=place)
def test_an_import_runs_only_to_the_left(file: Path) -> None:
    here = room(file)
    if here == "__init__":
        return
    assert here in ORDER, f"say where {here} stands"
    left = {*ORDER[: ORDER.index(here)], *(["laws"] if place(file) in LAWS else [])}
    assert rooms_used(file) <= left


@pytest.mark.parametrize("file", [file for file in FILES if room(file) != "laws"], ids=place)
def test_no_run_imports_the_laws(file: Path) -> None:
    if place(file) not in LAWS:
        names = {name for name in imports(file) if name.startswith("reconcile.")}
        assert not [
            name for name in names if name.startswith(("reconcile.laws", "reconcile.provider.testing"))
        ]


@pytest.mark.parametrize("file", FILES, ids=place)
def test_the_cache_has_one_door(file: Path) -> None:
    inside = place(file).startswith("manifests/cache/")
    knows = inside or place(file) == "session/caches.py"
    assert knows or not {name for name in imports(file) if name.startswith("reconcile.manifests.cache")}


@pytest.mark.parametrize("file", sorted((ROOT / "systems").glob("*/**/*.py")), ids=place)
def test_a_system_imports_the_provider_s_door_and_its_own_folder_and_nothing_else(file: Path) -> None:
    own = ".".join(("reconcile", *file.relative_to(ROOT).parts[:2])).removesuffix(".py")
    ours = {name for name in imports(file) if name.split(".")[0] == "reconcile"}
    assert {name for name in ours if name != DOOR and not f"{name}.".startswith(f"{own}.")} == set()


@pytest.mark.parametrize("file", SANDBOX, ids=lambda file: file.relative_to(SERVERS).as_posix())
def test_the_sandbox_shares_nothing_with_the_engine(file: Path) -> None:
    assert not {name for name in imports(file) if name.split(".")[0] == "reconcile"}


@pytest.mark.parametrize("file", FILES, ids=place)
def test_only_the_commands_that_serve_it_import_the_sandbox(file: Path) -> None:
    serves = place(file).startswith(("cli/sandbox.py", "cli/demo/"))
    assert serves or not {name for name in imports(file) if name.split(".")[0] == "reconcile_sandbox"}


@pytest.mark.parametrize("file", FILES, ids=place)
def test_each_outside_library_has_one_home(file: Path) -> None:
    roots = {name.split(".")[0] for name in imports(file)}
    libraries = roots - {"reconcile", "reconcile_sandbox"} - set(sys.stdlib_module_names)
    homeless = {name for name in libraries if room(file) not in HOMES.get(name, ())}
    assert not homeless


def system_words() -> set[str]:
    """The names of the systems and of their kinds; a kind's name is looked for as a word of its own."""
    folders = {path.name for path in (ROOT / "systems").iterdir() if (path / "__init__.py").exists()}
    from reconcile.systems import Installed

    kinds = {kind.name for system in Installed().values() for kind in system.kinds}
    return folders | kinds


def said(tree: ast.Module) -> Iterator[str]:
    """The texts in a file's code, docstrings and comments apart, and each step of the modules it imports.

    How the engine calls its classes says nothing: a kind may be called like one.
    """
    told, exported = {id(text) for text in _docstrings(tree)}, {*_exported(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from () if id(node) in told or node.value in exported else (node.value,)
        elif isinstance(node, ast.Import):
            yield from (step for name in node.names for step in name.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            yield from (node.module or "").split(".")


def _exported(tree: ast.AST) -> Iterator[str]:
    """The names in a module's `__all__`: what it calls its classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            yield from ast.literal_eval(node.value)


def _docstrings(tree: ast.AST) -> Iterator[ast.Constant]:
    """The texts that stand alone: docstrings of modules, classes, functions and attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def named(file: Path, kinds: Iterable[str]) -> set[str]:
    """What a file says of a system or a kind."""
    systems = re.compile(r"flexdeploy|katalon|foundry|brpm", re.IGNORECASE)
    texts = {*said(tree_of(file))}
    return {text for text in texts if systems.search(text)} | texts.intersection(kinds)


@pytest.mark.parametrize("file", [file for file in ENGINE if place(file) not in NAMED_BY_THE_CLI], ids=place)
def test_the_engine_names_no_system_and_no_kind(file: Path) -> None:
    assert named(file, system_words()) == set()


@pytest.mark.parametrize("name", ["Project", "Plan", "Journal", "Kind", "Route", "Live", "Guards"])
def test_a_kind_may_be_called_like_a_class_of_the_engine(name: str) -> None:
    engine = [file for file in ENGINE if place(file) not in NAMED_BY_THE_CLI]
    assert not [place(file) for file in engine if named(file, [name])]


def test_a_system_and_a_kind_are_found_in_what_a_file_says_and_imports() -> None:
    tree = ast.parse("from reconcile.systems.katalon import link\nname = 'Run'\nclass Release: ...\n")
    assert {*said(tree)} & {"katalon", "Run", "Release"} == {"katalon", "Run"}


def only_for_types(tree: ast.Module) -> set[int]:
    """The nodes under `if TYPE_CHECKING`, which no run imports."""
    guarded = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
    )
    return {id(inner) for block in guarded for inner in ast.walk(block)}


def imported_for_real(file: Path) -> Iterator[str]:
    """Every module that a file imports as it runs, wherever in it."""
    unreal = only_for_types(tree_of(file))
    for node in ast.walk(tree_of(file)):
        if id(node) in unreal:
            continue
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def files_of(module: str) -> Iterator[Path]:
    """The files of our own that an import of `module` runs: its packages', and its own."""
    parts = module.split(".")
    for count in range(2, len(parts) + 1) if parts[0] == "reconcile" else ():
        path = ROOT.joinpath(*parts[1:count])
        yield from (each for each in (path.with_suffix(".py"), path / "__init__.py") if each.exists())


def ways_out(start: Path) -> Iterator[str]:
    """Each way from a file to what only threads, processes and the network need."""
    way: dict[Path, str] = {start: place(start)}
    open_ = [start]
    while open_:
        file = open_.pop()
        for module in imported_for_real(file):
            if module.split(".")[0] in OUTSIDE:
                yield f"{way[file]} > {module}"
            fresh = [each for each in files_of(module) if each not in way]
            way |= {each: f"{way[file]} > {place(each)}" for each in fresh}
            open_ += fresh


@pytest.mark.parametrize("file", [file for file in FILES if room(file) in PURE], ids=place)
def test_what_decides_and_describes_reaches_no_thread_and_no_network(file: Path) -> None:
    assert [*ways_out(file)] == []


def test_a_way_to_a_thread_is_found_through_others() -> None:
    assert any("live/pages.py > concurrent.futures" in way for way in ways_out(ROOT / "live" / "observe.py"))


def test_every_room_of_the_picture_is_known_to_this_test() -> None:
    assert {room(file) for file in FILES} <= {*ORDER, "__init__"}


def test_every_module_says_first_what_it_decides() -> None:
    silent = [
        place(file)
        for file in FILES
        if file.read_text("utf-8").strip() and not ast.get_docstring(tree_of(file))
    ]
    assert not silent
