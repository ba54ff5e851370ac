"""Lists the switches of FlexDeploy: what its page leaves open, contradicts, or changed between versions."""

from __future__ import annotations

from ..system import Switch


def _yes_no(name: str, about: str, default: str) -> Switch:
    return Switch(name, about, default, ("true", "false"))


def _one_of(name: str, about: str, *values: str) -> Switch:
    return Switch(name, about, values[0], values)


SWITCHES = (
    _yes_no(
        "show_properties",
        "GET shows `properties`; false omits the key, as both samples of the page do.",
        "true",
    ),
    _yes_no(
        "show_cms_details",
        "GET shows `cmsDetails`; false omits the key, as both samples of the page do.",
        "true",
    ),
    _one_of(
        "put_omitted", "PUT without `properties` or `cmsDetails` resets them, or keeps them.", "reset", "keep"
    ),
    _one_of(
        "put_build_environment",
        "PUT of a project that is there, without `buildEnvironmentId`, fills the only candidate, keeps "
        "the old one, or resets it to null.",
        "fill",
        "keep",
        "null",
    ),
    _one_of(
        "unknown_id",
        "The status for an id that no release has, on PUT and PATCH (the page lists no 404).",
        "404",
        "400",
    ),
    _one_of(
        "unknown_refs",
        "What becomes of ids and names of pipelines, projects, streams, packages and environments "
        "that are not in the state.",
        "reject",
        "accept",
    ),
    _one_of("unknown_keys", "What becomes of keys that the page does not know.", "ignore", "reject"),
    _one_of(
        "read_only_fields",
        "What becomes of fields in a request that only the server sets.",
        "ignore",
        "reject",
    ),
    _one_of("duplicate_names", "Whether two releases may have one name.", "allow", "reject"),
    _one_of(
        "patch_match",
        "What identifies a project of a release in PATCH: id and package, or the id alone.",
        "project_and_package",
        "project",
    ),
    _one_of("patch_null", "What null means in PATCH: nothing, or a reset.", "ignore", "clear"),
    _one_of("completed_writes", "Whether a COMPLETED release can be changed.", "reject", "accept"),
    _one_of("suspended_writes", "Whether a SUSPENDED release can be changed.", "accept", "reject"),
    _one_of(
        "suspended_start",
        "What STARTED does to a SUSPENDED release that can be changed.",
        "ignore",
        "start",
        "reject",
    ),
    _one_of(
        "completed_start",
        "What STARTED does to a COMPLETED release that can be changed.",
        "ignore",
        "start",
        "reject",
    ),
    _yes_no(
        "start_without_projects",
        "A release may start without a project, as in FlexDeploy 7 and later.",
        "false",
    ),
    _one_of(
        "cron_list",
        "One cron expression, or several split by `;` as in FlexDeploy 5.6 and later.",
        "one",
        "semicolon",
    ),
    _one_of("cron_case", "A cron expression is kept as sent, or in upper case.", "as_sent", "upper"),
    _yes_no("trim_text", "Blanks around names and descriptions are dropped when written.", "false"),
    _one_of("error_body", "The shape of an error's body.", "json", "plain", "html"),
    _one_of(
        "list_order",
        "The order of releases, projects and properties in answers; shuffled anew (repeatably) each time.",
        "stored",
        "shuffled",
        "by_name",
    ),
    _yes_no("extra_fields", "Answers have fields that the page does not know.", "false"),
    _one_of(
        "folders",
        "Whether answers say in which folder a release is, as in FlexDeploy 9 and later: not, by `folderId`, "
        "or by `folderPath` too. The seed may say it of each release; else it is the topmost one.",
        "none",
        "id",
        "path",
    ),
    _one_of("ids", "Ids in answers are numbers or strings.", "number", "string"),
    _one_of("empty_fields", "A field without a value is null in answers, or left out.", "null", "omit"),
    _one_of(
        "empty_lists", "An empty list is a list in answers, or null, or left out.", "list", "null", "omit"
    ),
    _one_of(
        "empty_description",
        'An empty description is shown as stored, always as null, or always as "".',
        "stored",
        "null",
        "blank",
    ),
    _one_of("status_spelling", "Answers say NOTSTARTED or NOT STARTED.", "joined", "spaced"),
    _one_of(
        "status_case", "Statuses in answers are in upper, lower or title case.", "upper", "lower", "title"
    ),
)
"""Every switch; the default comes first where there are more than true and false."""
