#!/usr/bin/env bash
# Writes what `reconcile accept` would change as a diff, which pull-request.sh proposes in a job of its own. It changes no file
# of the project and sends nothing.
#
#   accept.sh REPORTS ACCEPTED [ARGUMENT...]
#
# REPORTS is what `run.sh drift` wrote, with the same arguments. ACCEPTED is the folder for accept.diff, refused.txt (what is
# not in it, and why) and accept.env; nothing else is written there. RECONCILE_ENV, RECONCILE_BASE and RECONCILE_FOLDER are
# those of run.sh. Without a tag yet there is nothing to accept.
#
# Where GitHub reads them, `left` is written as an output: whether some of the drift is not in the diff.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# left CODE: whether some of what the drift check counted is not in the diff.
left() {
    [[ $1 == 0 ]] || { echo true && return; }
    python3 -I - "$reports/drift.json" "$accepted/refused.txt" <<'PYTHON'
import json, re, sys

with open(sys.argv[1], encoding="utf-8") as stream:
    of = json.load(stream)
with open(sys.argv[2], encoding="utf-8") as stream:
    taken = re.findall(r"(?m)^Accept: (\d+) (?:taken over|written down as known)", stream.read())
labels = [change["label"] for each in of["operations"] for change in each["changes"] or [{"label": "drift"}]]
labels += ["drift" if each.get("overdue") else each["label"] for each in of["blocked"]]
counts = sum(label in ("drift", "conflict") for label in labels)
print("false" if counts and taken == [str(counts)] else "true")
PYTHON
}

usage='usage: accept.sh REPORTS ACCEPTED [ARGUMENT...]'
reports=${1:?$usage}
accepted=${2:?$usage}
shift 2
[[ -s $reports/drift.json ]] || fail "no report of a drift check in $reports"
mkdir -p "$accepted"
rm -f "$accepted"/{accept.diff,refused.txt,accept.env}

[[ -z ${RECONCILE_FOLDER:-} ]] || set -- --chdir "$RECONCILE_FOLDER" "$@"
name=$(noted_name "$reports/drift.json")
base=${RECONCILE_BASE:-}
for word in "$@"; do [[ $word != --base* ]] || base=$word; done
if [[ -z $base ]]; then
    tag=$(tag_of "$name")
    found=$("${GIT[@]}" for-each-ref "refs/tags/$tag") || fail "git cannot list the tags"
    [[ -z $found ]] || set -- --base "refs/tags/$tag" "$@"
fi

code=0
if [[ -n $base || -n $found ]]; then
    reconcile accept --dry-run "$@" >"$accepted/accept.diff" 2>"$accepted/refused.txt" || code=$?
else
    echo "There is no tag $tag yet: nothing is accepted before the first complete apply." >"$accepted/refused.txt"
    : >"$accepted/accept.diff"
fi
cat "$accepted/refused.txt" >&2
if [[ $code != 0 && $code != 4 ]]; then
    rm -f "$accepted/accept.diff"
    fail "reconcile accept ended with $code." "$code"
fi
{
    printf 'name=%s\n' "$name"
    printf 'folder=%s\n' "$("${GIT[@]}" -C "$(project_of "$@")" rev-parse --show-prefix)"
    printf 'commit=%s\n' "$("${GIT[@]}" rev-parse HEAD)"
} >"$accepted/accept.env"
[[ -z ${GITHUB_OUTPUT:-} ]] || printf 'left=%s\n' "$(left "$code")" >>"$GITHUB_OUTPUT"
