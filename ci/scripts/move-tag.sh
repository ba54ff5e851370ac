#!/usr/bin/env bash
# Moves the tag reconcile/<environment> to this commit, once all of it is live: the base of the next plan. Where the project
# is not at the top of the repository, the tag is reconcile/<environment>@<folder>.
#
#   move-tag.sh REPORTS
#
# REPORTS is what run.sh wrote: of a complete apply, or of a plan without differences. Anything less, or of another
# commit, is refused. It needs leave to push that one tag and no release system's secret:
#
# RECONCILE_GIT_TOKEN   a token with which to push (default: whatever git has)
# RECONCILE_GIT_REMOTE  where to push (default: origin)
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# why_not DOCUMENT COMMIT: why the tag may not be moved; nothing where it may.
why_not() {
    python3 -I - "$1" "$2" <<'PYTHON'
import json, sys

with open(sys.argv[1], encoding="utf-8") as stream:
    of = json.load(stream)
outcomes = of.get("outcomes")
if of.get("commit") is None:
    print("it names no commit: git could not tell")
elif of["commit"] != sys.argv[2]:
    print("it is the report of another commit")
elif of.get("dirty") is not False:
    print("files differed from the commit, or git could not tell")
elif of["blocked"] or of.get("refused"):
    print("something stayed blocked or was refused")
elif any(problem.get("severity") == "error" for problem in of["problems"]):
    print("it ended with an error")
elif of.get("selected") is not None:
    print("only a part was planned (PATH or --target)")
elif of.get("only") is not None:
    print("only a part was planned (--only)")
elif outcomes is None and of["operations"]:
    print("it is a plan with differences, not an apply")
elif any(outcome["status"] not in ("done", "unchanged") for outcome in outcomes or ()):
    print("the apply is not complete")
PYTHON
}

document=${1:?usage: move-tag.sh REPORTS}/apply.json
[[ -s $document ]] || document=$1/plan.json
[[ -s $document ]] || fail "no report of an apply or a plan in $1"
commit=$("${GIT[@]}" rev-parse HEAD)
reason=$(why_not "$document" "$commit")
[[ -z $reason ]] || fail "The tag stays where it is: $reason."

name=$(noted_name "$document")
tag=$(tag_of "$name")
known=$("${GIT[@]}" rev-parse --verify --quiet "refs/tags/$tag" || true)
[[ -z $known ]] || "${GIT[@]}" merge-base --is-ancestor "$known" "$commit" ||
    fail "The tag stays where it is: this commit is not after $tag."
remote_git push --quiet --force-with-lease="refs/tags/$tag:$known" "${RECONCILE_GIT_REMOTE:-origin}" "$commit:refs/tags/$tag"
"${GIT[@]}" update-ref "refs/tags/$tag" "$commit"
echo "$tag is at $commit."
