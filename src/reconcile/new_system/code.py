"""Writes a draft as the files of a package: its table, its routes, the law test, a README."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence

from reconcile.model import Json
from reconcile.new_system.draft import FieldDraft, KindDraft, SystemDraft, TableDraft
from reconcile.new_system.source import literal, plain, sentence
from reconcile.provider import API
from reconcile.provider import __all__ as DOOR

_SAFE_LINE = 106


def files_of(draft: SystemDraft, version: str) -> Mapping[str, str]:
    """Return the text of each file of the package, by its path in it."""
    source = f"src/{draft.module}"
    modules = {
        f"{source}/{name.partition('.')[2] or '__init__'}.py": text
        for name, text in modules_of(draft).items()
    }
    return {
        "pyproject.toml": _project(draft, version),
        "README.md": _readme(draft),
        ".gitignore": "__pycache__/\n.pytest_cache/\n.venv/\ndist/\n",
        **modules,
        f"{source}/py.typed": "",
        "tests/test_laws.py": _laws(draft),
    }


def modules_of(draft: SystemDraft) -> Mapping[str, str]:
    """Return the text of each module of the package by its name, each after those that it imports."""
    kind = draft.kind
    return {f"{draft.module}.{kind.module}": _kind(kind, draft.type), draft.module: _system(draft)}


def _project(draft: SystemDraft, version: str) -> str:
    return f'''\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "{draft.distribution}"
version = "0.1.0"
description = "{plain(draft.title)} for Reconcile: {draft.kind.name}."
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["release-reconcile>={version}"]

[project.optional-dependencies]
dev = ["release-reconcile[testing]"]

[project.entry-points."reconcile.systems"]
{draft.type} = "{draft.module}:SYSTEM"

[tool.hatch.build.targets.wheel]
packages = ["src/{draft.module}"]

[tool.ruff]
line-length = 110
src = ["src"]

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["src"]
filterwarnings = ["error"]
'''


def _system(draft: SystemDraft) -> str:
    kind = draft.kind
    used = ", ".join(sorted([kind.constant, "PROBE"]))
    names = sorted(["AuthScheme", "Fields", "System"])
    several = "".join(f"        {scheme},\n" for scheme in draft.auth)
    auth = f"({draft.auth[0]},)" if len(draft.auth) == 1 else f"(\n{several}    )"
    return f'''\
"""{sentence(draft.title)} What is its own: how it is asked, and its kinds."""

from __future__ import annotations

from reconcile.provider import {", ".join(names)}

from {draft.module}.{kind.module} import {used}


class Options(Fields):
    """What differs from one server to the next: nothing so far."""


SYSTEM = System(
    type={literal(draft.type)},
    title={literal(draft.title)},
    auth={auth},
    options=Options,
    kinds=({kind.constant},),
    probe=lambda system, options: PROBE(system{_search_body(kind.probe)}),
    api={API},
)
'''


def _search_body(probe: str) -> str:
    return ", {}" if "safe=True" in probe else ""


def _kind(kind: KindDraft, type_: str) -> str:
    body = "\n\n\n".join(_table(table) for table in kind.tables)
    rest = "\n".join(f"    {name}={value}," for name, value in kind.rest.items())
    code = f"""\
{body}


REST = Rest(
{rest}
)
PROBE = {kind.probe}
{kind.constant} = Kind(
    name={literal(kind.name)},
    api_version={literal(f"{type_}/v1")},
    summary={literal(kind.words)},
    model={kind.table.name},
    rest=REST,
)
"""
    return (
        f'"""{sentence(kind.words)}"""\n\nfrom __future__ import annotations\n\n{_imports(code)}\n\n\n{code}'
    )


def _imports(code: str) -> str:
    """Return the imports of what a module uses, in their order."""
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    used = [name for name in DOOR if name in names]
    typing = [name for name in ("Annotated", "Any", "Literal") if name in names]
    listed = "\n".join(f"    {name}," for name in sorted(used, key=_as_sorted))
    return f"from typing import {', '.join(typing)}\n\nfrom reconcile.provider import (\n{listed}\n)"


def _as_sorted(name: str) -> tuple[bool, str]:
    return (name.islower(), name)


def _table(table: TableDraft) -> str:
    left = "".join(f"    # left out: {plain(name)} ({why})\n" for name, why in table.left_out.items())
    fields = "\n".join(map(_field, table.fields))
    own = _server_own(table.server_own)
    return f'class {table.name}(Fields):\n    """{sentence(table.words)}"""\n\n{left}{own}{fields}'


def _server_own(names: Sequence[str]) -> str:
    if not names:
        return ""
    line = f"    server_own = ({', '.join(map(literal, names))}{',' if len(names) == 1 else ''})\n\n"
    if len(line) <= _SAFE_LINE:
        return line
    return "    server_own = (\n" + "".join(f"        {literal(name)},\n" for name in names) + "    )\n\n"


def _field(field: FieldDraft) -> str:
    type_ = field.type if field.required else f"{field.type} | None"
    marks = "".join(f"        {mark},\n" for mark in field.marks)
    default = "" if field.required else " = None"
    return f"    {field.name}: Annotated[\n        {type_},\n{_doc(field)}{marks}    ]{default}"


def _doc(field: FieldDraft) -> str:
    parts = [literal(field.vendor), literal(field.words), literal(field.example)]
    line = f"        doc({', '.join(parts)}),\n"
    if len(line) <= _SAFE_LINE:
        return line
    return "        doc(\n" + "".join(f"            {part},\n" for part in parts) + "        ),\n"


def _laws(draft: SystemDraft) -> str:
    return f'''\
"""Holds the system to the laws that every kind of Reconcile is held to.

The server is made from the tables. To hold it to a real one, give a fixture `server` that yields its url,
`auth` and `environ`; where the examples of the tables are no objects that it takes, give `samples`.
"""

from __future__ import annotations

from reconcile.provider.testing import Laws

from {draft.module} import SYSTEM


class TestLaws(Laws):
    system = SYSTEM
'''


def _readme(draft: SystemDraft) -> str:
    kind = draft.kind
    scheme = re.search(r'"(\w+)"', draft.auth[0])
    way = scheme[1] if scheme else "bearer"
    secret = {
        "basic": "{username: {env: USER}, password: {env: PASSWORD}}",
        "oauth2": "{clientId: {env: CLIENT}, clientSecret: {env: SECRET}}",
    }
    variable = f"{draft.type.upper().replace('-', '_')}_TOKEN"
    auth = f"{{{way}: {secret.get(way, f'{{env: {variable}}}')}}}"
    spec = "".join(
        f"  {field.name}: {_yaml(field.example)}\n"
        for field in kind.table.fields
        if "FromName()" not in field.marks and field.example not in ({}, [])
    )
    return f"""\
# {draft.distribution}

{sentence(draft.title)} This package adds it to Reconcile: its kind `{kind.name}` is planned, applied,
compared and exported like any other.

    pip install -e '.[dev]'
    pytest                  # the laws, against a server that is made from the table
    reconcile systems       # lists this package

What to look at first: `src/{draft.module}/{kind.module}.py` has the table (what a manifest writes) and the
routes (how the server is asked). `reconcile doctor` says what is wrong in them.

`reconcile.yaml`:

```yaml
version: 1
systems:
  {draft.type}:
    url: {draft.url}
    auth: {auth}
```

`manifests/first.yaml`:

```yaml
apiVersion: {draft.type}/v1
kind: {kind.name}
metadata: {{name: first}}
spec:
{spec}```
"""


def _yaml(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
