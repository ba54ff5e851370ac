#!/usr/bin/env bash
# Keeps one issue on GitHub for each environment: opened on drift, updated when the drift is another, closed when
# it is gone. The fingerprint in its first line tells whether it is another. Where something was not read, what
# differs of the rest opens or updates the issue, and nothing closes it.
#
#   issue.sh REPORTS
#
# REPORTS is what `run.sh drift` wrote. It needs gh with GH_TOKEN (issues: write), GH_REPO, and no other secret.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
command -v gh >/dev/null || fail "gh is not installed: it is what talks to GitHub here"

LABEL=reconcile-drift

# open_issue NAME: number and fingerprint of the issue of that environment; nothing where none is open.
# Only who may set labels can make one, so nobody else's issue is taken for ours.
open_issue() {
    gh issue list --state open --label "$LABEL" --limit 500 --json number,body | python3 -I -c '
import json, re, sys

marker = re.compile(r"<!-- reconcile-drift " + re.escape(sys.argv[1]) + r" (\S+) -->")
found = [(issue["number"], match[1]) for issue in json.load(sys.stdin) if (match := marker.match(issue["body"]))]
print(*(min(found) if found else ()))
' "$1"
}

# body NAME FINGERPRINT: the text of the issue, on standard output.
body() {
    printf '<!-- reconcile-drift %s %s -->\n' "$1" "$2"
    cat "$reports/report.md"
    printf '\nTo put it right, apply again. To keep what is live, write it into the manifests.'
    printf ' This issue closes when the difference is gone.\n\nFingerprint: %s\n' "$2"
    [[ ${unread:-0} == 0 ]] || printf '\nNot read: %s of the declared objects, named above.\n' "$unread"
    run_url
}

reports=${1:?usage: issue.sh REPORTS}
drifted=$(outcome "$reports" differs)
fingerprint=$(outcome "$reports" fingerprint)
code=$(outcome "$reports" exit_code)
unread=$(outcome "$reports" not_read)
if [[ $code == 1 && $drifted == true ]]; then
    fingerprint=partly:0 # nobody knows whether the drift is another one
elif [[ $code != 0 && $code != 2 ]]; then
    fail "The drift check itself ended with ${code:-nothing}: the issue stays as it is."
fi
[[ $fingerprint =~ ^[a-z0-9]+:[a-f0-9]+$ ]] || fail "The report has no fingerprint."
name=$(marker_name "$reports/drift.json")
found=$(open_issue "$name")
read -r number before <<<"$found" || true

if [[ $drifted != true ]]; then
    [[ -n $number ]] || { echo "In sync, and no issue is open." && exit 0; }
    gh issue close "$number" --reason completed --comment "In sync again. $(run_url)"
    exit 0
fi

text=$(mktemp)
trap 'rm -f "$text"' EXIT
body "$name" "$fingerprint" >"$text"
if [[ -z $number ]]; then
    gh label create "$LABEL" --force --description "What is live differs from the manifests" --color B60205
    gh issue create --title "Drift in $name" --label "$LABEL" --body-file "$text"
elif [[ $fingerprint == partly:* ]]; then
    gh issue edit "$number" --body-file "$text"
elif [[ $before == "$fingerprint" ]]; then
    echo "The same drift as before: issue $number says so already."
else
    gh issue edit "$number" --body-file "$text"
    gh issue comment "$number" --body "The drift is another one now: see above. $(run_url)"
fi
