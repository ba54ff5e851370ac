#!/usr/bin/env bash
# Puts the plan into one comment of a pull request on GitHub, and renews it there on later runs.
#
#   comment.sh REPORTS PULL-REQUEST
#
# REPORTS is what `run.sh plan` wrote; it is data and nothing of it is run. It needs gh with GH_TOKEN
# (pull-requests: write), GH_REPO, and no release system's secret.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
command -v gh >/dev/null || fail "gh is not installed: it is what talks to GitHub here"

# ours MARKER: the number of the comment that we wrote before; nothing where there is none.
ours() {
    gh pr view "$number" --json comments | python3 -I -c '
import json, sys

for comment in json.load(sys.stdin)["comments"]:
    if comment["viewerDidAuthor"] and comment["body"].startswith(sys.argv[1]):
        print(comment["url"].rpartition("-")[2])
        break
' "$1"
}

reports=${1:?usage: comment.sh REPORTS PULL-REQUEST}
number=${2:?usage: comment.sh REPORTS PULL-REQUEST}
[[ $number =~ ^[0-9]+$ ]] || fail "not the number of a pull request" 64
[[ -s $reports/report.md ]] || fail "no report in $reports"

marker="<!-- reconcile-plan $(marker_name "$reports/plan.json") -->"
text=$(mktemp)
trap 'rm -f "$text"' EXIT
{
    printf '%s\n' "$marker"
    cat "$reports/report.md"
} >"$text"
comment=$(ours "$marker")
if [[ -n $comment ]]; then
    gh api --silent --method PATCH "repos/{owner}/{repo}/issues/comments/$comment" --field "body=@$text"
else
    gh pr comment "$number" --body-file "$text"
fi
