"""Makes the words that completion knows, from commands and tables.

`python -m tests.support.completion_words` writes them.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

import reconcile
from reconcile.cli.main import COMMANDS, cli
from reconcile.explain.topics import topics
from reconcile.reports.formats import FORMATS
from reconcile.systems import Installed

FILE = Path(reconcile.__file__).parent / "completion/words.json"
OF_FLAGS = {"env": "environment", "target": "address", "var": "text", "events": "files"}
OF_ARGUMENTS = {"export": "kind", "find": "field", "undo": "files", "sandbox": "", "init": ""}


def words() -> str:
    """The file as it ought to be."""
    context = click.Context(cli, info_name="reconcile", **cli.context_settings)
    commands: dict[str, str] = {}
    of_each: dict[str, str] = {}
    flags: dict[str, str] = {}
    arguments: dict[str, str] = {}
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        own: list[str] = []
        for param in command.get_params(click.Context(command, **command.context_settings)):
            if isinstance(param, click.Option):
                own += param.opts
                flags |= {flag: max(flags.get(flag, ""), meaning(param), key=len) for flag in param.opts}
                of_each |= {f"{name} {flag}": meaning(param) for flag in param.opts}
            else:
                arguments[name] = OF_ARGUMENTS.get(name, meaning(param))
        commands[name] = " ".join(own)
    installed = Installed()
    kinds = {each.type: " ".join(kind.name for kind in each.kinds) for each in installed.values()}
    every = [f"{of}/{kind}" for of, names in kinds.items() for kind in names.split()]
    bare = [kind for names in kinds.values() for kind in names.split()]
    of_kinds = [kind for each in installed.values() for kind in each.kinds]
    fields = [f"{kind.name}.{field}" for kind in of_kinds for field in kind.table.rows]
    flag_topics = ["flags", *(f"flags.{flag[2:]}" for flag in flags if flag.startswith("--"))]
    arguments["explain"] = "|".join(dict.fromkeys([*every, *bare, *fields, *topics(installed), *flag_topics]))
    nameable = {
        each.type: " ".join(
            f"{kind.name}.{name}"
            for kind in each.kinds
            for name, row in kind.table.rows.items()
            if row.nameable
        )
        for each in installed.values()
    }
    differing = {key: means for key, means in of_each.items() if means != flags[key.split()[1]]}
    found = {"commands": commands, "flags": flags, "own": differing, "arguments": arguments}
    found |= {"kinds": kinds, "fields": nameable}
    return json.dumps(found, indent=1) + "\n"


def meaning(param: click.Parameter) -> str:
    """What may stand for a parameter: words between bars, the name of what a project has, or nothing."""
    if isinstance(param, click.Option) and param.is_flag:
        return ""
    if isinstance(param.type, click.Choice):
        return "|".join(param.type.choices)
    if param.name in OF_FLAGS:
        return OF_FLAGS[param.name]
    if param.name == "report":
        return "|".join(f"{name}=" for name in FORMATS)
    typed = isinstance(param.type, click.Path) or param.name == "paths"
    return "files" if typed else "text"


if __name__ == "__main__":
    FILE.write_text(words(), encoding="utf-8")
