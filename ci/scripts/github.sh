# shellcheck shell=bash disable=SC2154  # pull-request.sh sets what is used here
# What pull-request.sh asks of GitHub; it is sourced, never run. It needs gh with GH_TOKEN (pull-requests: write) and GH_REPO:
#
# GITHUB_REF_NAME       the branch that the pull request is to be merged into

command -v gh >/dev/null || fail "gh is not installed: it is what talks to GitHub here"

# shellcheck disable=SC2034  # pull-request.sh commits as this
BOT='github-actions[bot]' BOT_EMAIL='41898282+github-actions[bot]@users.noreply.github.com'

# for_push: sets what a push says beside the branch, which is nothing here.
for_push() {
    # shellcheck disable=SC2034  # pull-request.sh pushes with it
    PUSHED_WITH=()
}

# pulls COMMIT: `open=` with the number of the open pull request of our branch, and `seen=` with that of one, open or closed,
# that had this head. One of a fork, whose branch is called alike, is not ours.
pulls() {
    gh pr list --state all --head "$branch" --limit 100 --json number,state,headRefOid,isCrossRepository | python3 -I -c '
import json, sys

ours = [each for each in json.load(sys.stdin) if not each["isCrossRepository"]]
print("open=", *[each["number"] for each in ours if each["state"] == "OPEN"][:1], sep="")
print("seen=", *[each["number"] for each in ours if each["headRefOid"] == sys.argv[1]][:1], sep="")
' "$1"
}

# body: the text of the pull request, on standard output. What was refused stands in a block that it cannot end.
body() {
    printf '<!-- reconcile-accept %s -->\n' "$name"
    printf 'What is live differs from what was applied last. This makes the manifests say what is live; nothing is sent.\n\n'
    python3 -I - "$accepted/refused.txt" <<'PYTHON'
import re, sys

with open(sys.argv[1], encoding="utf-8", errors="backslashreplace") as stream:
    lines = [line for line in stream.read()[:20_000].splitlines() if line.strip()]
fence = "`" * max(3, *(len(ticks) + 1 for line in lines for ticks in re.findall("`+", line)), 3)
print("What `reconcile accept` said:", "", f"{fence}text", *lines, fence, sep="\n")
PYTHON
    run_url
}

# close_pull NUMBER: closes the pull request, with the reason.
close_pull() {
    gh pr close "$1" --comment "Nothing is left that can be accepted. $(run_url)"
}

# tell_pull NUMBER: gives the pull request its text; without a number, opens it.
tell_pull() {
    local text
    text=$(mktemp)
    # shellcheck disable=SC2064  # the file of now
    trap "rm -f '$text'" EXIT
    body >"$text"
    if [[ -n $1 ]]; then
        gh pr edit "$1" --body-file "$text"
    else
        gh pr create --head "$branch" --base "${GITHUB_REF_NAME:?the branch to merge into}" --title "$title" --body-file "$text"
    fi
}
