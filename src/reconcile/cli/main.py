"""Names the commands and runs them; each is imported only when it is called."""

from __future__ import annotations

import errno
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

import click

from reconcile.cli import exit_codes
from reconcile.cli.asked_format import asked_format
from reconcile.cli.command_first import command_first, of_all_commands
from reconcile.cli.console import SINK, Unwritten, say, speak_all, tell, unwritten
from reconcile.cli.flags import Flags, flags
from reconcile.cli.help_page import HELP, write_flags
from reconcile.cli.signals import code_of_end, ending, words_of_end
from reconcile.reports.formats import FORMATS

if TYPE_CHECKING:
    from reconcile.model import Problem

COMMANDS = {
    "init": "Write a project to start from; never overwrites.",
    "validate": "Check the manifests offline: syntax, fields, references, the vendors' rules.",
    "plan": "Show what apply would do; it changes nothing.",
    "apply": "Do what the plan shows, in order, and read back what was written.",
    "drift": "Show what differs from the manifests, on a client that cannot write.",
    "accept": "Write what is live into the manifests that say otherwise.",
    "undo": "Take back what an apply did, as far as live is as that apply left it.",
    "calendar": "Show what takes place and when, by the manifests alone; offline.",
    "unlock": "Give back a lock at a remote that nobody holds any more.",
    "export": "Write live state as manifests.",
    "find": "List the ids and names that may stand in a field.",
    "show": "Render a saved plan or record, offline.",
    "doctor": "Check address, credentials, rights and clock of each system; read-only.",
    "explain": "Explain a kind, a field, a flag, a problem code, an exit code.",
    "systems": "List the types of system that are installed, and the package of each.",
    "new-system": "Write a package that adds a type of system, to start from.",
    "schema": "Print the JSON Schemas, for editors.",
    "completion": "Print the script by which bash, zsh or fish complete what is typed.",
    "sandbox": "Serve the systems on loopback, to try things out.",
    "demo": "Run the main job end to end against the sandbox.",
}


_ALONE = frozenset({"-h", "--help", "--version"})
"""What is answered without a command."""

_NO_COMMAND = "no command is given, as is `plan` in `reconcile plan -v`: `reconcile --help` lists them"


class Commands(click.Group):
    """Find commands in the modules of their names."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order in which a user meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, imported now; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"reconcile.cli.{cmd_name.replace('-', '_')}").command
        return command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with a sentence each, without importing any, then the flags of all of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))
        write_flags(self.get_params(ctx), ctx, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, of which the flags that stand before the command are the command's."""
        ordered = command_first(args, lambda: of_all_commands(self, ctx))
        if ordered and not ordered[0].startswith("-"):
            return super().parse_args(ctx, ordered)
        with suppress(click.NoSuchOption):  # a flag of some command: which one is what is missing
            super().parse_args(ctx, [arg for arg in ordered if arg in _ALONE] or ordered)
        ctx.fail(_NO_COMMAND)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that `args` begin with; fail for an unknown one, naming what is meant here."""
        if args and args[0] not in COMMANDS:
            from reconcile.cli.foreign_words import answer_to_command

            ctx.fail(answer_to_command(args[0], COMMANDS))
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, no_args_is_help=False, options_metavar="[FLAGS]", context_settings=HELP)
@flags()
def cli(given: Flags) -> None:
    """Release trains as YAML in Git: see what differs, put it right, and hear of it when it drifts.

    To look at it: reconcile demo. To start: reconcile init. A command's flags and examples: reconcile COMMAND
    --help. All topics: reconcile explain.

    Exit codes: 0 done or nothing to do; 1 an error before any write; 2 differences (drift, and plan
    --detailed-exitcode); 3 apply began and is not complete; 4 refused; 64 usage; 129/130/143 ended by a
    signal.
    """


def main() -> NoReturn:
    """Run the command line and exit with its code; a usage error is 64, never 2."""
    speak_all()
    SINK.said = SINK.unread = False
    stdout = sys.stdout
    try:
        with ending():
            code = cli.main(prog_name="reconcile", standalone_mode=False)
    except SystemExit:
        if sys.stdout is not stdout:  # which click replaces where the reader of its help has gone
            sys.exit(exit_codes.OK)
        raise
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "reconcile"
        _complain(error, "usage", f"\nSee {path} --help.")
        sys.exit(exit_codes.USAGE)
    except click.ClickException as error:
        _complain(error, "error")
        sys.exit(exit_codes.ERROR)
    except (click.Abort, KeyboardInterrupt) as error:
        _end(code_of_end(error) or exit_codes.SIGINT)
    except Unwritten as error:
        if error.places:  # else the reader has gone, who misses nothing
            tell(f"Error: {error}: give it another place")
        sys.exit(exit_codes.ERROR)
    except OSError as error:  # of the help, which click prints by itself, or of a terminal that has gone
        if ended := code_of_end(error):
            _end(ended)
        if error.errno != errno.ENOSPC or not {"-h", "--help"} & set(sys.argv):
            _in_format("broken", SINK.inert(f"the run broke off: {error}"))
            raise
        tell(f"Error: {unwritten('standard output', error)}: give it another place")
        sys.exit(exit_codes.ERROR)
    except Exception as error:
        _refuse(error)
        _in_format("broken", SINK.inert(f"the run broke off: {type(error).__name__}"))
        raise
    sys.exit(code if isinstance(code, int) else exit_codes.OK)


def _refuse(error: Exception) -> None:
    """Exit with 1 where `error` holds problems that no command has reported, such as those of `--var`.

    So does the fault of a package that has no place in a report.
    """
    from reconcile.errors import ProblemsFound
    from reconcile.provider.cases import PackageFault

    if isinstance(error, ProblemsFound):
        _complain(click.ClickException(str(error)), error.problems[0].code)
        sys.exit(exit_codes.ERROR)
    if isinstance(error, PackageFault):
        _complain(click.ClickException(str(error)), "package-fault")
        sys.exit(exit_codes.ERROR)


def _end(code: int) -> NoReturn:
    """Say that a signal ended the run, also in the format that was asked for, and exit with its code."""
    words = words_of_end(code)
    _in_format("interrupted", words.lower().rstrip("."))
    tell(words)
    sys.exit(code)


def _complain(error: click.ClickException, code: str, more: str = "") -> None:
    """Say what is wrong, also in the format that was asked for."""
    words = SINK.inert(" ".join(error.format_message().split()))
    _in_format(code, words)
    tell(f"Error: {words}{more}")


def _in_format(code: str, words: str) -> None:
    """Print a problem in the format that was asked for, where that is not text."""
    from reconcile.model import Problem

    format = asked_format(sys.argv[1:])
    if not SINK.said and format in FORMATS and format != "text":
        with suppress(Unwritten):
            say(_document(format, Problem(code, words)), nl=False, format=format)


def _document(format: str, problem: Problem) -> str:
    """Return the problem as a document of the format that was asked for."""
    from reconcile.planfile.write import failed
    from reconcile.reports.formats import render
    from reconcile.session.run_info import bare_info

    return render(format, failed((problem,), bare_info(SINK.clean)))
