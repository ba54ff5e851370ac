"""Makes the pages of docs/reference from the tables that `explain` and `--help` read.

`python -m tests.pages.reference` writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from reconcile.cli.help_page import examples
from reconcile.cli.main import COMMANDS, cli
from reconcile.cli.options import EVERYWHERE
from reconcile.explain.kind_pages import pages
from reconcile.explain.topics import Topics, topics
from reconcile.project import FILE
from reconcile.systems import Installed
from reconcile_sandbox import describe

FOLDER = Path(__file__).parents[2] / "docs/reference"
MADE = "<!-- Written by python -m tests.pages.reference from the tables behind `{}`; edit those. -->"
_BLOCK = "```text\n{}\n```"


def every_page() -> Mapping[str, str]:
    """Return each page by its file name, as it ought to be."""
    known = topics(Installed())
    made: dict[str, Callable[[], Iterator[str]]] = {
        "project-file.md": partial(_parts, known, FILE),
        "metadata.md": partial(_parts, known, "metadata"),
        "values-and-labels.md": partial(_tables, known, ("values", "labels")),
        "environment.md": partial(_tables, known, ("environment",)),
        "exit-codes.md": partial(_tables, known, ("exit-codes",)),
        "problem-codes.md": partial(_tables, known, ("codes",)),
        "commands.md": _commands,
        "kinds.md": _kinds,
        "switches.md": _switches,
    }
    return {name: "\n\n".join(lines()) + "\n" for name, lines in made.items()}


def _parts(known: Topics, root: str) -> Iterator[str]:
    """Yield a section for each part that has parts; the others are rows of those."""
    yield f"# `{root}`"
    yield MADE.format("reconcile explain")
    for name, page in known.items():
        if name == root or name.startswith(f"{root}."):
            yield from _part(name, root, page)


def _part(name: str, root: str, page: Callable[[], str]) -> Iterator[str]:
    about, rows = _content(page)
    if rows and name != root:
        yield f"## `{name}`"
    if rows:
        yield about
        yield _table(("field", "is"), rows)
    elif not isinstance(page, partial) or page.func.__name__ != "table":
        yield f"## `{name}`"
        yield _BLOCK.format(page())


def _tables(known: Topics, names: tuple[str, ...]) -> Iterator[str]:
    first = names[0]
    yield f"# {first.capitalize().replace('-', ' ')}{' and ' + names[1] if names[1:] else ''}"
    yield MADE.format(f"reconcile explain {first}")
    for name in names:
        about, rows = _content(known[name])
        if len(names) > 1:
            yield f"## {name.capitalize()}"
        yield about
        yield _table((name.removesuffix("s") if name != "environment" else "variable", "means"), rows)


def _content(page: Callable[[], str]) -> tuple[str, Mapping[str, str]]:
    """Return what a page is about and its rows; none for a page that is made as text."""
    if isinstance(page, partial) and page.func.__name__ == "table":
        _, about, rows = page.args
        return about, rows
    return "", {}


def _table(head: tuple[str, str], rows: Mapping[str, str]) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|"]
    lines += [f"| `{_cell(name)}` | {_cell(words)} |" for name, words in rows.items()]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _commands() -> Iterator[str]:
    yield "# Commands"
    yield MADE.format("reconcile COMMAND --help")
    yield "`reconcile explain flags` has the flags too, `reconcile explain exit-codes` how a command ends."
    context = click.Context(cli, info_name="reconcile", **cli.context_settings)
    for name, sentence in COMMANDS.items():
        command = cli.get_command(context, name)
        assert command is not None
        yield from _command(name, sentence, click.Context(command, parent=context, info_name=name))


def _command(name: str, sentence: str, context: click.Context) -> Iterator[str]:
    command = context.command
    options = [param for param in command.get_params(context) if isinstance(param, click.Option)]
    shown = [param for param in options if not param.hidden]
    own = [param for param in shown if not _is_everywhere(param)]
    arguments = [param.make_metavar(context) for param in command.params if isinstance(param, click.Argument)]
    yield f"## {name}"
    yield f"`{' '.join(['reconcile', name, '[FLAGS]', *arguments])}`: {sentence}"
    yield "\n".join(f"    {typed:<70} # {words}" for typed, words in examples(name).items())
    if own:
        yield _table(("flag", "does"), {_spelled(param, context): param.help or "" for param in own})


def _is_everywhere(param: click.Option) -> bool:
    return param.name in (*EVERYWHERE, "_click_default_help")


def _spelled(param: click.Option, context: click.Context) -> str:
    flags = ", ".join(param.opts)
    return flags if param.is_flag else f"{flags} {param.make_metavar(context)}"


def _kinds() -> Iterator[str]:
    yield "# Kinds"
    yield MADE.format("reconcile explain KIND")
    installed: Any = Installed()
    for system in installed.values():
        for kind in system.kinds:
            yield f"## {system.type}/{kind.name}"
            yield _BLOCK.format(pages(f"{system.type}/{kind.name}", installed))


def _switches() -> Iterator[str]:
    yield "# Switches of the sandbox"
    yield MADE.format("reconcile sandbox --switches")
    yield "`reconcile sandbox --option NAME=VALUE` sets one, for what a vendor's page leaves open."
    lines = ["| switch | values | default | about |", "|---|---|---|---|"]
    for switch in describe():
        values = f"`{_cell(switch.values)}`"
        lines.append(f"| `{switch.name}` | {values} | `{_cell(switch.default)}` | {_cell(switch.about)} |")
    yield "\n".join(lines)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, text in every_page().items():
        (FOLDER / file).write_text(text, encoding="utf-8")
