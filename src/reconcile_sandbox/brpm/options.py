"""Lists the switches of BRPM: what its page leaves open, contradicts, or says nothing of."""

from __future__ import annotations

from ..system import Switch


def _yes_no(name: str, about: str, default: str) -> Switch:
    return Switch(name, about, default, ("true", "false"))


def _one_of(name: str, about: str, *values: str) -> Switch:
    return Switch(name, about, values[0], values)


_REQUESTS = (
    _one_of(
        "wrapper",
        "Attributes must stand inside `run`, may stand beside it, or are ignored there.",
        "required",
        "optional",
        "ignored",
    ),
    _one_of(
        "events",
        "Where `aasm_event` is obeyed: inside `run`, at the top level, or in either place.",
        "wrapped",
        "top_level",
        "either",
    ),
    _one_of(
        "unknown_keys",
        "What becomes of attributes that the page does not list for the request.",
        "ignore",
        "reject",
    ),
    _one_of("unique_names", "Whether two runs that are not deleted may have one name.", "allow", "reject"),
    _one_of(
        "started_edits",
        "Whether the attributes of a planned or started run can be changed.",
        "accept",
        "reject",
    ),
    _one_of(
        "attributes_and_event",
        "The order of both in one PUT, or that they cannot stand together.",
        "attributes_first",
        "event_first",
        "reject",
    ),
    _one_of(
        "start_both_forms",
        "What counts where `start_at` (or `end_at`) is sent together with its parts.",
        "start_at",
        "alternates",
        "reject",
    ),
    _one_of(
        "dates_precision",
        "What `start_at` and `end_at` are cut down to, in the server's zone.",
        "second",
        "minute",
        "day",
    ),
    _one_of(
        "duration",
        "The duration is as sent, or the minutes from start to end where both are set.",
        "as_sent",
        "derived",
    ),
    _one_of(
        "cascades",
        "What moves with a run: its requests, or at its start its plan too, or nothing.",
        "requests",
        "all",
        "none",
    ),
    Switch("auto_progress", "How many reads see a started run before it completes; 0: it never does.", "0"),
)
_LISTS = (
    _one_of("empty_list", "The status of an empty list: 404 as the page says, or 200.", "404", "200"),
    _one_of(
        "name_filter",
        "A filter by name is the whole name, a part of it in any case, or not heeded.",
        "exact",
        "substring",
        "ignored",
    ),
    _one_of(
        "unknown_filters",
        "What becomes of a filter that the list does not know.",
        "ignore",
        "refuse",
    ),
    _one_of(
        "deleted",
        "Deleted runs are readable by id only, in lists too, or not at all.",
        "hidden",
        "listed",
        "gone",
    ),
    _yes_no("rename_deleted", "A run that is deleted gets ` [deleted ...]` behind its name.", "true"),
    _one_of("archived", "Archived runs are readable by id only, or in lists too.", "hidden", "listed"),
    _one_of(
        "order",
        "The order of lists and of plan members; shuffled anew (repeatably) each time.",
        "stored",
        "reversed",
        "shuffled",
        "by_name",
    ),
)
_ANSWERS = (
    _one_of(
        "format",
        "Who gets JSON and not 406: all, those who accept application/json, or .json paths; "
        "the last two take the .json suffix, and .xml is always 406.",
        "json",
        "needs_accept",
        "needs_suffix",
    ),
    _one_of(
        "request_numbers",
        "How far the numbers of requests are from their ids: 1000, as on PostgreSQL, or 10000, as on Oracle.",
        "1000",
        "10000",
    ),
    _one_of("not_found_body", "The body of a 404.", "json", "html", "empty"),
    _one_of("delete_body", "The body of the answer to DELETE: nothing, or the run.", "empty", "run"),
    _one_of(
        "completed_spelling",
        "Answers say completed or complete; the filter takes both.",
        "completed",
        "complete",
    ),
    _one_of(
        "cancelled_spelling",
        "Answers say cancelled or canceled; the filter takes both.",
        "cancelled",
        "canceled",
    ),
    _one_of(
        "zone",
        "The server's zone: of instants in answers, and of those sent without an offset.",
        "-05:00",
        "Z",
        "+05:30",
        "+14:00",
    ),
    _one_of(
        "instants",
        "Instants in answers have the zone's offset, are in UTC, or have a fraction too.",
        "offset",
        "utc",
        "fraction",
    ),
    _one_of("ids", "Ids in answers are numbers or strings.", "number", "string"),
    _one_of("empty_fields", "A field without a value is null in answers, or left out.", "null", "omit"),
    _one_of(
        "empty_description",
        'An empty description is shown as stored, always as null, or always as "".',
        "stored",
        "null",
        "blank",
    ),
    _yes_no("extra_fields", "Answers have fields that the page does not know.", "false"),
    _yes_no("etag", "GET answers with an ETag, and 304 to an If-None-Match that names it.", "true"),
)
SWITCHES = (*_REQUESTS, *_LISTS, *_ANSWERS)
"""Every switch; the default comes first where there are more than true and false."""
