#!/usr/bin/env bash
# Runs one command of reconcile as CI does it: all reports from one run, labelled against what was applied last.
#
#   run.sh validate|plan|apply|drift [ARGUMENT...]
#
# RECONCILE_REPORTS  the folder for the reports (default: reconcile-reports): plan.json, apply.json or drift.json,
#                    report.md, report.html, junit.xml, terraform.json, annotations.txt and outcome.env
# RECONCILE_ENV      the environment; its tag reconcile/<environment> is the base, once there is one. For a project that is
#                    not at the top of the repository the tag is reconcile/<environment>@<folder>
# RECONCILE_BASE     another base
# RECONCILE_FOLDER   the project's folder, as --chdir says it
# RECONCILE_CHANGED  true: a plan compares only what the manifests changed since the base, and says how many it left out;
#                    drift and apply always look at all of it
# RECONCILE_LOCK_URL the url of the lock's own repository, with its token: an apply has it as the remote `lock`, by a file that
#                    is gone when it ends; nothing of it stays in the checkout
#
# It ends with reconcile's own exit code, except that a plan with differences ends with 0.
# Where GitHub reads them, it writes outputs, the job's summary and annotations. The record of an apply, apply.json, is what
# reconcile undo takes back; the last line says how.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Ends the script where the commit here does not come after the tag $1, the one applied last.
after() {
    local at code=0
    at=$("${GIT[@]}" -C "$project" for-each-ref --format='%(refname) %(objectname)' "refs/tags/$1") || fail "git cannot list the tags"
    at=$(sed -n "s|^refs/tags/$1 ||p" <<<"$at")
    if [[ -z $at ]]; then
        echo "There is no tag $1 yet: differences have no labels until the first complete apply." >&2
    elif [[ $command == apply ]]; then
        "${GIT[@]}" -C "$project" merge-base --is-ancestor "$at" HEAD || code=$?
        ((code < 2)) || fail "git cannot tell whether this commit is after $1: is the history fetched?"
        ((code < 1)) || fail "This commit is not after $1, the one applied last: it would undo it. Revert in git instead." 4
    fi
}

# Ends what was begun for reconcile alone: from here on the log obeys workflow commands again, and the lock's url is nowhere.
leave() {
    trap - EXIT INT TERM HUP
    [[ -z ${fence:-} ]] || printf '::%s::\n' "$fence"
    [[ -z ${lock_config:-} ]] || rm -f -- "$lock_config"
}

# From here on the log takes nothing for a workflow command, whatever a manifest or a server says.
fence() {
    [[ ${GITHUB_ACTIONS:-} == true ]] || return 0
    fence=$(python3 -I -c 'import secrets; print(secrets.token_hex(20))')
    printf '::stop-commands::%s\n' "$fence"
}

# Whether something differs that counts: also of what could be read, where something could not (exit code 1).
differs() {
    if [[ $code != 1 || ! -s $document ]]; then
        [[ $code == 2 ]] && echo true || echo false
        return
    fi
    python3 -I - "$document" <<'PYTHON'
import json, sys

with open(sys.argv[1], encoding="utf-8") as stream:
    of = json.load(stream)
based = of["base"] is not None
labels = [change["label"] for each in of["operations"] for change in each["changes"] or [{"label": None}]]
labels += ["drift" if each.get("overdue") else each["label"] for each in of["blocked"]]
counts = [label for label in labels if not based or label in ("drift", "conflict")]
print("true" if of["not_read"] and counts else "false")
PYTHON
}

# What later steps and jobs may read: words of our own, numbers and a name fit for a ref, never other text from a manifest
# or a server.
note() {
    printf 'exit_code=%s\n' "$code"
    printf 'differs=%s\n' "$(differs)"
    printf 'complete=%s\n' "$([[ $command == apply && $code == 0 ]] && echo true || echo false)"
    [[ -z $name ]] || printf 'name=%s\n' "$name"
    [[ ! -s $document ]] || python3 -I - "$document" <<'PYTHON'
import json, re, sys

with open(sys.argv[1], encoding="utf-8") as stream:
    of = json.load(stream)
for name in ("create", "update", "delete", "run", "blocked", "not_read"):
    print(f"{name}={int(of['summary'].get(name, 0))}")
if re.fullmatch("[a-z0-9]+:[0-9a-f]+", of["fingerprint"] or ""):
    print(f"fingerprint={of['fingerprint']}")
PYTHON
}

# told_undo: the command that takes back an apply that wrote, from the record that is kept with the reports.
told_undo() {
    local written words=()
    [[ -s $document ]] || return 0
    written=$(python3 -I -c '
import json, sys

with open(sys.argv[1], encoding="utf-8") as stream:
    print(any("kept" in each for each in json.load(stream)["operations"]))
' "$document") || return 0
    [[ $written == True ]] || return 0
    [[ -z ${RECONCILE_FOLDER:-} || $RECONCILE_FOLDER == . ]] || words+=(-C "$RECONCILE_FOLDER")
    [[ -z $environment ]] || words+=(--env "$environment")
    printf 'To take this apply back, with the record from the artifacts of this run: reconcile undo'
    ((${#words[@]} == 0)) || printf ' %q' "${words[@]}"
    printf ' %q\n' "$(basename "$document")"
}

# Gives git the remote that `lock: {git: lock}` names, beside all that the operator's own configuration says, by a file that is
# there for this run alone. printf is the shell's own: no process shows the url.
lock_remote() {
    local url=${RECONCILE_LOCK_URL:-} path
    [[ -n $url ]] || return 0
    unset RECONCILE_LOCK_URL
    [[ $url != *[[:cntrl:]\"\\]* ]] || fail "RECONCILE_LOCK_URL is no url"
    "${GIT[@]}" -C "$project" remote remove lock 2>/dev/null || true # an earlier job may have left one
    lock_config=$(mktemp "${RUNNER_TEMP:-${WORKSPACE_TMP:-${TMPDIR:-/tmp}}}/reconcile-lock.XXXXXXXX") # its owner alone reads it
    while IFS= read -r path; do
        path=${path//\\/\\\\}
        printf '[include]\n\tpath = "%s"\n' "${path//\"/\\\"}"
    done < <(own_configuration) >"$lock_config"
    printf '[remote "lock"]\n\turl = "%s"\n' "$url" >>"$lock_config"
    export GIT_CONFIG_GLOBAL=$lock_config
}

# The operator's own configuration of git: its files, in their order, whether they are there or not.
own_configuration() {
    if [[ -n ${GIT_CONFIG_GLOBAL:-} ]]; then
        [[ $GIT_CONFIG_GLOBAL == /* ]] || printf '%s/' "$PWD"
        printf '%s\n' "$GIT_CONFIG_GLOBAL"
    elif [[ -n ${HOME:-} ]]; then
        printf '%s\n' "${XDG_CONFIG_HOME:-$HOME/.config}/git/config" "$HOME/.gitconfig"
    fi
}

command=${1:-}
case $command in
    validate | plan | apply | drift) shift ;;
    *) fail "usage: run.sh validate|plan|apply|drift [ARGUMENT...]" 64 ;;
esac

[[ -z ${RECONCILE_FOLDER:-} ]] || set -- --chdir "$RECONCILE_FOLDER" "$@"
reports=${RECONCILE_REPORTS:-reconcile-reports}
mkdir -p "$reports"
reports=$(cd "$reports" && pwd)
document=$reports/$command.json
[[ $command == apply ]] || rm -f "$reports/plan.json" # an apply may be of that plan
rm -f "$reports"/{apply.json,drift.json,report.md,report.html,junit.xml,terraform.json,annotations.txt,outcome.env}

trap leave EXIT
name='' environment=''
base=${RECONCILE_BASE:-}
for word in "$@"; do [[ $word != --base* ]] || base=$word; done
if [[ $command != validate ]]; then
    project=$(project_of "$@")
    environment=$(environment_in "$@")
    if folder=$("${GIT[@]}" -C "$project" rev-parse --show-prefix); then
        name=$(name_of "$environment" "$folder")
    elif [[ -z $base ]]; then
        fail "the base is read from git, and git cannot read this folder"
    fi
    if [[ -z $base ]]; then
        tag=$(tag_of "$name")
        after "$tag"
        set -- --base-or-none "refs/tags/$tag" "$@"
    fi
    [[ $command != apply ]] || lock_remote
    set -- --out "$document" --report "html=$reports/report.html" \
        --report "terraform-report=$reports/terraform.json" "$@"
fi
set -- --report "markdown=$reports/report.md" --report "junit=$reports/junit.xml" \
    --report "github=$reports/annotations.txt" "$@"
[[ $command != plan ]] || set -- --detailed-exitcode "$@"
[[ $command != plan || ${RECONCILE_CHANGED:-} != true ]] || set -- --changed "$@"

fence
code=0
trap : INT TERM HUP # a signal for the whole job ends reconcile, which finishes what is under way and gives its lock back first
reconcile "$command" "$@" || code=$?
leave

note >"$reports/outcome.env"
[[ -z ${GITHUB_OUTPUT:-} ]] || cat "$reports/outcome.env" >>"$GITHUB_OUTPUT"
[[ -z ${GITHUB_STEP_SUMMARY:-} || ! -s $reports/report.md ]] || cat "$reports/report.md" >>"$GITHUB_STEP_SUMMARY"
[[ ${GITHUB_ACTIONS:-} != true || ! -s $reports/annotations.txt ]] || cat "$reports/annotations.txt"
[[ $command != plan || $code != 2 ]] || code=0
[[ $command != apply ]] || told_undo
exit "$code"
