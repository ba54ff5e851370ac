"""Lists the switches of Foundry: what page and SDKs leave open, contradict, or changed between versions."""

from __future__ import annotations

from ..system import Switch

ERROR_NAMES = (
    "TargetResolutionFailure",
    "CyclicDependency",
    "IncompatibleTargets",
    "PermissionDenied",
    "JobSpecNotFound",
    "ScheduleOwnerNotFound",
    "Internal",
)
"""The errors with which a run can end."""


def _one_of(name: str, about: str, *values: str) -> Switch:
    return Switch(name, about, values[0], values)


def _number(name: str, about: str, default: int, *, signed: bool = False) -> Switch:
    return Switch(name, about, str(default), signed=signed)


_ERAS = (
    Switch(
        "era",
        "What belongs together: calls and errors as in the page's time, or as SDK 1.111.0 has them. Sets "
        "preview, error_case and result_shape, each of which may be set otherwise after it.",
        "seed",
        ("seed", "2026"),
        sets={
            "seed": {"preview": "strict", "error_case": "camel", "result_shape": "tagged"},
            "2026": {"preview": "marked", "error_case": "upper", "result_shape": "tagged"},
        },
    ),
    _one_of(
        "preview",
        "Which calls need `preview=true`: those on schedules as in the page's time, those that SDK 1.111.0 "
        "still marks, or none.",
        "strict",
        "marked",
        "ga",
    ),
    _one_of(
        "preview_when_ga",
        "What becomes of `preview=true` where nothing needs it.",
        "ignore",
        "reject",
    ),
    _one_of(
        "error_case",
        "The names of a run's errors are spelled as on the page, or run together as in SDK 1.95.0 and later.",
        "camel",
        "upper",
    ),
    _one_of(
        "result_shape",
        "A run's result is tagged by `type`, as SDKs read it, or nested under its name, as the page has it.",
        "tagged",
        "nested",
    ),
    _one_of(
        "created_time", "Runs show `createdTime`, or leave it out as the page's sample does.",
        "present", "absent",
    ),
    _one_of("created_by", "Runs show who started them, or never do.", "present", "absent"),
)  # fmt: skip
_RUNS = (
    _one_of("result", "How a run ends.", "submitted", "ignored", "error"),
    _one_of("result_type", "Results are of a type that SDKs know, or of another one.", "known", "deferred"),
    _one_of("submitted_build", "A run that submitted a build names it, or does not.", "named", "unnamed"),
    _one_of("error_name", "The error with which a run ends if it ends with one.", *ERROR_NAMES),
    _number("result_after_reads", "How many listings show a run before it has a result.", 1),
    _one_of("run_answer_result", "Whether the answer of a run has the result already.", "absent", "present"),
    _one_of("build_status", "How a build ends.", "SUCCEEDED", "FAILED", "CANCELED", "RUNNING"),
    _one_of("canceled", "How a canceled build is spelled.", "CANCELED", "CANCELLED"),
    _number("build_lag", "How many reads of a build find none.", 0),
    _one_of("build_answered", "Whose build a read of one answers with.", "asked", "another"),
    _number("build_after_reads", "How many reads, of it or of its run, find a build running.", 1),
    _one_of("running", "What a run does while one is running: a second one, or 409.", "queue", "conflict"),
    _one_of("paused_run", "Whether a paused schedule can be run by hand.", "allow", "reject"),
    _number("runs_lag", "How many listings after each write still show the runs before it.", 0),
    _number("page_size_max", "The largest page of runs.", 1000),
    _one_of("page_size_over", "What a larger one gets: the largest, or 400.", "clamp", "reject"),
    _one_of(
        "page_anchor",
        "A page token stands for a run, or for a position that new runs shift, so that rows come twice.",
        "run",
        "position",
    ),
)
_WRITES = (
    _one_of("pause", "The status of pause and unpause.", "204", "200"),
    _one_of(
        "pause_again", "What pausing a paused schedule gets, or unpausing another.", "accept", "conflict"
    ),
    _one_of("pause_version", "Whether pausing and unpausing make a new version.", "same", "new"),
    _one_of(
        "replace_version",
        "Whether a replace that changes nothing but texts makes a new version.",
        "new",
        "same",
    ),
    _one_of(
        "trigger_visible",
        "Whether the caller may see triggers; if not, they are left out of answers.",
        "true",
        "false",
    ),
    _one_of("trigger_omitted", "What a write without a trigger gets: 400, or none.", "reject", "accept"),
    _one_of(
        "cron_wraps",
        "What becomes of ranges past the end of their field, such as the hours 22-2.",
        "reject", "accept",
    ),
    _one_of(
        "action_defaults",
        "What omitted fields of an action become: master, no fallbacks, not forced, not aborted, notified; "
        "or else main, with fallbacks, aborted, not notified, retried.",
        "plain",
        "other",
    ),
    _one_of(
        "unknown_refs", "What becomes of datasets and schedules that are not in the state.",
        "reject", "accept",
    ),
    _one_of(
        "unknown_branch",
        "What the schedules of a dataset on a branch that nothing names are: BranchNotFound, or none.",
        "reject", "empty",
    ),
    _one_of(
        "unknown_keys", "What becomes of keys that a write has no use for, the server's own included.",
        "ignore", "reject",
    ),
    _number("name_max", "The longest display name.", 255),
    _number("description_max", "The longest description.", 4096),
)  # fmt: skip
_ANSWERS = (
    _number(
        "clock_skew_seconds",
        "Seconds by which the clock of `createdTime` is ahead of the Date header; below zero, behind.",
        0,
        signed=True,
    ),
    _one_of(
        "time_format",
        "Instants have three digits below a second, none, nine, or another offset than Z.",
        "millis",
        "seconds",
        "nanos",
        "offset",
    ),
    _one_of(
        "rid_case", "The last part of a rid in answers is in the case stored, or upper.", "stored", "upper"
    ),
    _one_of("empty_fields", "A field without a value is left out of answers, or null.", "omit", "null"),
    _one_of("extra_fields", "Answers have fields that no SDK knows.", "false", "true"),
    _one_of(
        "list_order",
        "Rids and triggers in lists come in the order stored, or shuffled anew (repeatably) each time.",
        "stored",
        "shuffled",
    ),
    _one_of("error_body", "The shape of an error's body.", "json", "html", "empty"),
    _one_of("error_description", "Errors have an `errorDescription`, which SDKs read.", "absent", "present"),
    _one_of("busy", "Writes are answered 429 or 503, without effect.", "no", "429", "503"),
    _one_of("qos_hint", "Answers 429 and 503 say `QoS-Retry-Hint: do-not-retry`.", "absent", "do-not-retry"),
    _number("retry_after", "The seconds that 429 and 503 say in `Retry-After`; 0: they do not.", 0),
)
_TOKENS = (
    _number("token_seconds", "The life of a token of a third-party application.", 3600),
    _one_of(
        "granted_scope",
        "Whether the answer with a token says its scopes, which may be fewer than were asked for.",
        "told",
        "untold",
    ),
    _one_of(
        "read_scope",
        "Whether a third-party token needs `api:orchestration-read` to read, and `api:datasets-read` too for "
        "the schedules of a dataset, or reads with any scope.",
        "own",
        "any",
    ),
)
SWITCHES = (*_ERAS, *_RUNS, *_WRITES, *_ANSWERS, *_TOKENS)
"""Every switch; the default comes first where it is not a number."""
