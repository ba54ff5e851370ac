"""Shows what an undo would take back, or asks and takes it back, as an apply is asked for and reported."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from reconcile.cli import exit_codes
from reconcile.cli.console import every
from reconcile.cli.flags import Flags
from reconcile.cli.listener import Listener, surroundings
from reconcile.cli.outcomes import refused
from reconcile.cli.output import check_places, save, show
from reconcile.cli.problems import complain, refuse
from reconcile.cli.terminal import somebody_sits_there
from reconcile.cli.writing import Asked, applied
from reconcile.errors import ProblemsFound
from reconcile.model import Problem
from reconcile.named_tuple import NamedTuple
from reconcile.planfile.json_form import json_text, to_json
from reconcile.session.plan import plan_document
from reconcile.session.refusal import Refused
from reconcile.session.run_options import RunOptions, Surroundings
from reconcile.session.session import Session
from reconcile.session.undo import begin_undo


class Taking(NamedTuple):
    """Say how an undo is asked for: of which record, without a question or guards, its own kept where."""

    record: str | None
    yes: bool
    force: bool
    out: Path | None
    events: str | None

    def begin(self, options: RunOptions, around: Surroundings) -> Session:
        """Return the session that takes the record back; it is named from where the command is started."""
        return begin_undo(options._replace(started=Path.cwd()), around, self.record)


def undone(flags: Flags, asked: Taking) -> int:
    """Plan, ask, take back and report; return the exit code."""
    if not asked.yes and not somebody_sits_there():
        words = "undo asks before it writes, and there is no terminal: add --yes, or look with --dry-run"
        refuse(flags, (Problem("usage", words),))
    return applied(flags, (), Asked(asked.yes, asked.force, None, asked.out, asked.events, begin=asked.begin))


def shown(flags: Flags, asked: Taking) -> int:
    """Report what would be taken back; return the exit code, 0 whatever that is."""
    session: Session | None = None
    with Listener(flags) as listener:
        try:
            check_places(flags, asked.out)
            session = asked.begin(flags.run_options()._replace(caches=False), surroundings(flags, listener))
            whole = plan_document(session)
        except ProblemsFound as error:
            refuse(flags, error.problems, session)
        except Refused as error:
            return refused(flags, listener, error, asked.out)
    complain(whole.problems)
    kept = [] if asked.out is None else [partial(save, asked.out, json_text(to_json(whole)))]
    every([*kept, lambda: show(flags, whole)])
    return exit_codes.OK
