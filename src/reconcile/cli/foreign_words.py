"""Answers what users of other tools type, and what is misspelled; nothing that it suggests destroys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconcile.suggest import nearest

NEVER_SUGGESTED = frozenset({"--prune", "--force", "--yes", "-y"})
"""The flags that delete, lift a refusal or leave out a question: whoever wants one knows its name."""

CLOSE = 0.7
"""How alike two words have to be for one to be taken for the other; short ones are soon alike."""

ALIKE = 0.85
"""The same for a word of another tool."""

_CLUSTER = 3
"""How long an argument of one-letter flags may be for a letter in its midst to be what was meant."""

_PLAN = "`reconcile plan` shows what apply would do, and changes nothing"
_ABSENT = "an object is deleted by its manifest: `absent: true` in metadata says that it must not exist"
_NO_STATE = "there is no state file: every run compares the manifests with what is live"
_PROJECT = "systems and variables stand in reconcile.yaml; `-C DIR` takes the project in DIR"
_EXPORT = "`reconcile export` writes live objects as manifests"
_ENVIRONMENT = "environments stand in reconcile.yaml, and `--env NAME` chooses one"
_EXPLAIN = "`reconcile explain` lists kinds, fields, flags and codes"
_HELP = "`reconcile --help` lists the commands, `reconcile COMMAND --help` the flags of one"
_PATHS = "manifests need no flag: `reconcile plan FILE` takes a file, or a folder with all that is in it"
_REVERT = "to go back, `reconcile undo --dry-run` shows what can be taken back; then revert the commit in git"
_TARGET = "`--target ADDRESS-GLOB` takes only the resources whose address matches"
_YES = "`reconcile apply --yes` does it without asking, `apply --plan FILE` what a saved plan approves"
_OUTPUT = "`-o FORMAT` says how the result is printed, as in `-o json`"
_VARIABLE = "`--var NAME=VALUE` sets one variable; those of a project stand in reconcile.yaml"

COMMANDS_ELSEWHERE: Mapping[str, str] = {
    **dict.fromkeys(("diff", "preview", "refresh", "what-if", "dry-run", "noop"), _PLAN),
    **dict.fromkeys(
        ("status", "check", "monitor"), "`reconcile drift` shows what differs from the manifests"
    ),
    **dict.fromkeys(("lint", "test", "verify", "fmt"), "`reconcile validate` checks the manifests offline"),
    **dict.fromkeys(("import", "dump", "pull", "get", "octodns-dump", "dump-config"), _EXPORT),
    **dict.fromkeys(("list", "ls", "search", "query"), f"{_EXPORT}, `reconcile find` lists ids by name"),
    **dict.fromkeys(("destroy", "delete", "down", "remove", "rm", "prune", "uninstall"), _ABSENT),
    **dict.fromkeys(("state", "taint", "untaint"), _NO_STATE),
    **dict.fromkeys(
        ("sync", "octodns-sync", "up", "deploy", "create", "update", "run", "execute", "install", "upgrade"),
        "`reconcile plan` shows what differs, `reconcile apply` does it after asking",
    ),
    "octodns-validate": "`reconcile validate` checks the manifests offline",
    **dict.fromkeys(("rollback", "rollout", "revert"), _REVERT),
    **dict.fromkeys(("workspace", "env", "environment", "context", "stack"), _ENVIRONMENT),
    **dict.fromkeys(("describe", "docs", "api-resources", "man", "output"), _EXPLAIN),
    **dict.fromkeys(("config", "providers", "var", "variables"), _PROJECT),
    **dict.fromkeys(("login", "auth", "ping"), "`reconcile doctor` checks address and credentials"),
    **dict.fromkeys(
        ("new", "setup", "bootstrap", "scaffold"), "`reconcile init` writes a project to start from"
    ),
    **dict.fromkeys(("server", "serve", "mock"), "`reconcile sandbox` serves the systems on this machine"),
    **dict.fromkeys(("graph", "report", "render"), "`reconcile plan --report html=FILE` draws the order"),
    **dict.fromkeys(("edit", "patch", "set", "annotate", "label"), f"edit the manifest, then: {_PLAN}"),
    "help": _HELP,
    "version": "`reconcile --version` prints it",
}
"""What other tools call their commands, each with how it is done here."""

FLAGS_ELSEWHERE: Mapping[str, str] = {
    **dict.fromkeys(("dry-run", "dryrun", "check", "diff", "what-if", "noop", "preview", "plan-only"), _PLAN),
    "n": f"{_PLAN}; {_ENVIRONMENT}",
    **dict.fromkeys(("f", "filename", "file", "R", "recursive", "k", "kustomize"), _PATHS),
    **dict.fromkeys(
        ("auto-approve", "approve", "assume-yes", "non-interactive", "no-prompt", "input", "doit", "confirm"),
        _YES,
    ),
    **dict.fromkeys(("json", "format", "output-format", "yaml", "j"), _OUTPUT),
    **dict.fromkeys(("environment", "e", "workspace", "w", "context", "stack", "namespace"), _ENVIRONMENT),
    **dict.fromkeys(("selector", "l", "tags", "t", "limit", "resource", "only-target", "include"), _TARGET),
    **dict.fromkeys(("exclude", "skip-tags"), f"{_TARGET}; `environments` in metadata leaves a resource out"),
    **dict.fromkeys(("set", "vars", "extra-vars", "variable"), _VARIABLE),
    **dict.fromkeys(("var-file", "values", "config", "config-file", "c", "project", "p"), _PROJECT),
    **dict.fromkeys(("dir", "directory", "cwd", "d", "path"), "`-C DIR` takes the project in DIR"),
    **dict.fromkeys(("destroy", "delete", "remove", "cascade", "grace-period"), _ABSENT),
    **dict.fromkeys(("refresh", "refresh-only", "state", "backend", "state-out", "lock-timeout"), _NO_STATE),
    "lock": "an apply takes the project's lock by itself",
    **dict.fromkeys(
        ("force-conflicts", "overwrite", "server-side"), f"a conflict is settled in the manifest: {_PLAN}"
    ),
    **dict.fromkeys(("replace", "recreate", "taint"), f"no object is made anew: {_PLAN}"),
    **dict.fromkeys(("debug", "log-level", "trace", "vv"), "`-v` logs each request to standard error"),
    **dict.fromkeys(("color", "colour"), "`--no-color` prints without colour"),
    **dict.fromkeys(
        ("concurrency", "jobs", "max-workers", "forks"), "`--parallelism N` has N requests under way"
    ),
    **dict.fromkeys(("save", "out-file", "outfile"), "`--out FILE` saves a plan or keeps a record"),
    **dict.fromkeys(
        ("exit-code", "fail-on-diff"), "`reconcile drift` and `plan --detailed-exitcode` exit with 2"
    ),
    **dict.fromkeys(("token", "username", "password", "api-key", "url", "server", "u"), _PROJECT),
    **dict.fromkeys(("watch", "follow"), "run `reconcile drift` on a schedule: docs/ci.md has templates"),
    **dict.fromkeys(("undo", "rollback"), _REVERT),
    "retry": "`--retries N` sends a failed read again",
}
"""What other tools call their flags, without the dashes, each with how it is done here."""


def answer_to_command(word: str, known: Iterable[str]) -> str:
    """Return what to say to a command that there is none of."""
    meant = COMMANDS_ELSEWHERE.get(word.casefold())
    if meant is not None:
        return f"no command `{word}`: {meant}"
    close = nearest(word, known, CLOSE)
    return f"no command `{word}`" + (f"; did you mean `{close}`?" if close else f": {_HELP}")


def answer_to_flag(flag: str, typed: Sequence[str], known: Mapping[str, bool], of: str = "") -> str:
    """Return what to say to a flag that is not among the `known` ones of the command `of`.

    `known` says of each whether it has a value. A word behind one dash is told from the letter at which a
    parser stopped, which is all that it saw of it, by what was typed.
    """
    word = word_typed(flag, typed, known)
    subject = f"{of or 'reconcile'} has no flag `{word}`"
    if not word.startswith("--") and f"-{word}" in known:
        return f"{subject}: write it with two dashes" + (
            "" if f"-{word}" in NEVER_SUGGESTED else f", `-{word}`"
        )
    name = word.lstrip("-")
    meant = FLAGS_ELSEWHERE.get(name) or FLAGS_ELSEWHERE.get(name.casefold())
    long = (each for each in known if each.startswith("--") and each not in NEVER_SUGGESTED)
    close = "" if meant else nearest(f"--{name}", long, CLOSE)
    if close:
        return f"{subject}; did you mean `{close}`?"
    meant = meant or FLAGS_ELSEWHERE.get(nearest(name, FLAGS_ELSEWHERE, ALIKE) or _letter(word, flag))
    return f"{subject}: {meant}" if meant else subject


def _letter(word: str, flag: str) -> str:
    """Return the letter that was meant, where others or its value stand beside it; else nothing."""
    return flag.lstrip("-") if word.startswith(flag) or len(word) <= _CLUSTER else ""


def tells_more(flag: str) -> bool:
    """Tell whether a flag of few commands is how other tools ask for what has a command of its own here."""
    return FLAGS_ELSEWHERE.get(flag.lstrip("-")) == _PLAN


def word_typed(flag: str, typed: Iterable[str], known: Mapping[str, bool]) -> str:
    """Return the argument, without a value, at a letter of which a parser stopped for want of the `flag`."""
    args = iter(typed)
    for arg in args:
        word, equals, _ = arg.partition("=")
        if arg.startswith("--"):
            takes_next = known.get(word, False) and not equals
        else:
            at = _stop(arg, known) if arg.startswith("-") else len(arg)
            if f"-{arg[at : at + 1]}" == flag:
                return word
            takes_next = at == len(arg) - 1
        if takes_next:
            next(args, None)
    return flag


def _stop(arg: str, known: Mapping[str, bool]) -> int:
    """Return where in an argument behind one dash a parser stops: at what is unknown, or has a value."""
    return next((at for at, each in enumerate(arg) if at and known.get(f"-{each}", True)), len(arg))
