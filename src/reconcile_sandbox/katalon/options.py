"""Lists the switches of Katalon TestOps: what its pages and published client leave open or contradict."""

from __future__ import annotations

from ..system import Switch


def _one_of(name: str, about: str, *values: str) -> Switch:
    return Switch(name, about, values[0], values)


_ANSWERS = (
    _one_of(
        "shape",
        "What a link answers: the published resource, that with the page's `status` and `updatedAt`, or the "
        "page's sample with its `build` and `linked`, whatever is linked.",
        "resource",
        "seed",
        "seed_literal",
    ),
    _one_of(
        "release_evidence",
        "What in a run configuration tells its release: `releaseId` and `release`, one of them, or only "
        "what stands inside `build` (which then has no id unless a build is linked).",
        "both",
        "releaseId",
        "release",
        "build",
    ),
    _one_of("unlinked", "What is not linked is left out of a run configuration, or null.", "absent", "null"),
    _one_of("empty_fields", "Any other field without a value is left out, or null.", "omit", "null"),
    _one_of("ids", "Ids in answers are numbers or strings.", "number", "string"),
    _one_of("extra_fields", "Answers have fields that the published client does not know.", "false", "true"),
    _one_of(
        "error_body",
        "An error's body is Spring's object, bare text as gateways send it, or a page.",
        "spring",
        "plain",
        "html",
    ),
)
_LINKING = (
    _one_of(
        "link_reads",
        "Where a link finds `releaseId` (or `buildId`): the query or else the body, the other way round, or "
        "one of them only.",
        "query_then_body",
        "body_then_query",
        "query",
        "body",
    ),
    _one_of(
        "link_project",
        "A link without `projectId` in the query is accepted, as the page has it, or refused, as the "
        "published client has it.",
        "optional",
        "required",
    ),
    _one_of(
        "other_project",
        "What becomes of a link to a release or build of another project.",
        "reject",
        "accept",
    ),
    _one_of("closed_releases", "Whether a closed release can be linked to.", "accept", "reject"),
    _one_of(
        "relink",
        "Linking what is linked to another release overwrites that, or is refused.",
        "allow",
        "reject",
    ),
    _one_of("link_clears_build", "Linking a release unlinks the build, or leaves it.", "true", "false"),
    _one_of(
        "build_sets_release",
        "Linking a build links its release as well, or leaves no release linked.",
        "true",
        "false",
    ),
    _one_of("unlink_nothing", "The answer to an unlink where nothing is linked.", "ok", "400"),
    _one_of(
        "link_scheduler", "What linking a release does to the timer: nothing, or a pause.", "keep", "pause"
    ),
    _one_of("unknown_id", "The status for an id that nothing has.", "404", "400"),
)
_READING = (
    _one_of("search", "Whether search is allowed, or answered 403.", "allowed", "refused"),
    _one_of(
        "search_project",
        "Whether a search of what belongs to a project needs the condition `Project.id`.",
        "required",
        "optional",
    ),
    Switch("search_lag", "How many searches after each write still see the state before it.", "0"),
    Switch("max_page_size", "The most rows of one page; to ask for more is to ask for these.", "300"),
    _one_of(
        "busy",
        "Somebody makes and deletes the newest object of each list of several pages all the time: every "
        "other request finds it gone.",
        "false",
        "true",
    ),
    _one_of(
        "unsorted",
        "The order of a page for which no sort was asked: as stored, or shuffled (repeatably) each time.",
        "stored",
        "shuffled",
    ),
    _one_of(
        "smart_scheduler_id",
        "What the id of a smart scheduler is: that of the run configuration, or that of its scheduler.",
        "run_configuration",
        "scheduler",
    ),
)
_WRITING = (
    _one_of("unknown_fields", "What becomes of keys in a body that are not known.", "ignore", "reject"),
    _one_of(
        "release_post",
        "POST of a release with an `id` updates that one, or creates another.",
        "create_or_update",
        "create",
    ),
    _one_of("put_omitted", "An update resets what it leaves out, or keeps it.", "reset", "keep"),
    _one_of(
        "closed_in_body",
        "`closed` in the body of a release is ignored (it has its own call), or applied.",
        "ignore",
        "apply",
    ),
    _one_of(
        "move_release",
        "What becomes of another `projectId` in an update of a release.",
        "ignore",
        "reject",
        "apply",
    ),
    _one_of("duplicate_names", "Whether two releases of a project may have one name.", "allow", "reject"),
    _one_of(
        "delete_linked",
        "Deleting a release that is linked unlinks it everywhere, or is refused.",
        "unlink",
        "reject",
    ),
)

SWITCHES = (*_ANSWERS, *_LINKING, *_READING, *_WRITING)
"""Every switch; the default comes first where there are values to choose from."""
