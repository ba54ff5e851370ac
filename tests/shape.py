"""Measures the shape of the source: `python -m tests.shape` prints it, `tests/test_shape.py` holds it."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import reconcile

ROOT = Path(reconcile.__file__).parent
FILES = tuple(sorted(ROOT.rglob("*.py")))
PARALLEL = ("systems",)
"""Folders in which each system has the same rooms, so that a name stands once for each system."""


@cache
def tree_of(file: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(file.read_text("utf-8"))


def module_of(file: Path) -> str:
    """Return the dotted name of the module that a file is."""
    parts = file.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES: Mapping[str, Path] = {module_of(file): file for file in FILES}


def top_level() -> list[str]:
    """Return the modules that stand beside the packages."""
    return [file.stem for file in sorted(ROOT.glob("*.py"))]


def imports_of(module: str) -> set[str]:
    """Return the modules of the package that a module imports anywhere in it, those for types alone apart."""
    found: set[str] = set()
    for node in _running(tree_of(MODULES[module])):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{name.name}" for name in node.names]
            found.update(name if name in MODULES else node.module for name in names)
    return {name for name in found if name in MODULES} - {module}


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """Yield every node that runs: what stands under `if TYPE_CHECKING` does not."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield from _running(child)


def circles() -> list[list[str]]:
    """Return each group of modules that import each other, directly or through others."""
    graph = {module: imports_of(module) for module in MODULES}
    reach = {module: _reached(module, graph) for module in graph}
    groups = {frozenset({other for other in reach[m] if m in reach[other]}) for m in graph if m in reach[m]}
    return sorted(sorted(group) for group in groups)


def _reached(start: str, graph: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    left = [*graph[start]]
    while left:
        module = left.pop()
        if module not in seen:
            seen.add(module)
            left += graph[module]
    return seen


class Length(NamedTuple):
    """How many lines something has, and where it stands."""

    lines: int
    place: str


def longest_file() -> Length:
    """Return the longest file."""
    return max(Length(len(file.read_text("utf-8").splitlines()), place(file)) for file in FILES)


def longest_function() -> Length:
    """Return the longest function, its decorators and docstring apart."""
    return max(_functions())


def _functions() -> Iterator[Length]:
    for file in FILES:
        for node in ast.walk(tree_of(file)):
            if isinstance(node, ast.FunctionDef):
                first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
                yield Length((node.end_lineno or 0) - first.lineno + 1, f"{place(file)} {node.name}")


def place(file: Path) -> str:
    """Return a file's path from the package on."""
    return file.relative_to(ROOT).as_posix()


def twice_named() -> list[str]:
    """Return the file names that stand for two things.

    A command of the command line is named after what it calls, and each system has the same rooms.
    """
    places: dict[str, list[str]] = defaultdict(list)
    for file in FILES:
        parts = file.relative_to(ROOT).parts
        if file.stem != "__init__" and parts[0] not in PARALLEL and not _is_command(file):
            places[file.stem].append(place(file))
    return [f"{name}: {', '.join(files)}" for name, files in sorted(places.items()) if len(files) > 1]


def _is_command(file: Path) -> bool:
    names = {target.id for node in tree_of(file).body for target in _defined(node)}
    return file.parent.name == "cli" and "command" in names


def _defined(node: ast.stmt) -> Iterable[ast.Name]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield ast.Name(node.name)
    elif isinstance(node, ast.Assign):
        yield from (target for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target


OUTSIDE_THE_CORE = ("systems", "reports", "cli", "laws")
LIBRARY = "reconcile.session.api"


def two_meanings() -> list[str]:
    """Return the public names that two modules of the core define, but for the library's doors."""
    places: dict[str, list[str]] = defaultdict(list)
    for module, file in MODULES.items():
        if file.relative_to(ROOT).parts[0] in OUTSIDE_THE_CORE or module == LIBRARY:
            continue
        for node in tree_of(file).body:
            for name in _defined(node):
                if not name.id.startswith("_"):
                    places[name.id].append(module)
    return [f"{name}: {', '.join(modules)}" for name, modules in sorted(places.items()) if len(modules) > 1]


_VERBS = frozenset(Path(__file__).with_name("verbs.txt").read_text("utf-8").split())
"""The verbs that docstrings begin with, as one gives an order; no noun is among them."""


def no_verb() -> float:
    """Return the share of the docstrings of modules, classes and functions whose first word is no verb."""
    words = [word for file in FILES for word in first_words(tree_of(file))]
    return sum(not is_verb(word) for word in words) / len(words)


def first_words(tree: ast.Module) -> Iterator[str]:
    """Yield the first word of each docstring of a module, of its classes and of its functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            words = re.findall(r"\w+", ast.get_docstring(node) or "")
            yield from words[:1]


def is_verb(word: str) -> bool:
    """Tell whether a word is a verb of the list: "Return" and "Returns" are."""
    return word.lower() in _VERBS or any(word.lower() == _third_person(verb) for verb in _VERBS)


def _third_person(verb: str) -> str:
    if re.search("[^aeiou]y$", verb):
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "x", "z", "ch", "sh", "o")) else f"{verb}s"


def report() -> Iterator[str]:
    """Yield the shape, a line each."""
    yield f"modules at the top level: {len(top_level())}"
    yield f"modules: {len(MODULES)}"
    yield f"import circles: {len(circles())}"
    yield from (f"  {' '.join(circle)}" for circle in circles())
    yield f"longest file: {longest_file().lines} lines, {longest_file().place}"
    yield f"longest function: {longest_function().lines} lines, {longest_function().place}"
    yield f"file names that stand twice: {len(twice_named())}"
    yield from (f"  {line}" for line in twice_named())
    yield f"public names with two meanings in the core: {len(two_meanings())}"
    yield from (f"  {line}" for line in two_meanings())
    yield f"docstrings whose first word is no verb: {no_verb():.1%}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(report()) + "\n")
