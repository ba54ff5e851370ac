#!/usr/bin/env bash
# Keeps one pull request on GitHub for each environment, which accepts what is live: opened with the diff that accept.sh
# wrote, updated in place where that is another one, closed when nothing is left of it.
#
#   pull-request.sh ACCEPTED
#
# ACCEPTED is what accept.sh wrote; it is data, and only changes of YAML files that are there come of it. It is run at the
# top of a checkout of the commit that the diff is of, and needs gh with GH_TOKEN (pull-requests: write), GH_REPO, leave to
# push one branch, reconcile-accept/<environment>, and no release system's secret:
#
# RECONCILE_GIT_TOKEN   a token with which to push (default: whatever git has)
# RECONCILE_GIT_REMOTE  where to push (default: origin)
# GITHUB_REF_NAME       the branch that it is to be merged into
#
# A branch to which somebody else committed stays as it is, and so does one with the same diff.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
command -v gh >/dev/null || fail "gh is not installed: it is what talks to GitHub here"

BOT='github-actions[bot]' BOT_EMAIL='41898282+github-actions[bot]@users.noreply.github.com'

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

# state COMMIT: whose the branch with this head is: `none` where there is none, `ours` with the one commit that this script
# made, `merged` where nothing of it is left, else `theirs`.
state() {
    local commits
    [[ -n $1 ]] || { echo none && return; }
    commits=$("${GIT[@]}" log --format=%ce "$base..$1")
    case $commits in
        '') echo merged ;;
        "$BOT_EMAIL") echo ours ;;
        *) echo theirs ;;
    esac
}

# patch COMMIT: what tells its change from another one, wherever the lines stand by now.
patch() {
    "${GIT[@]}" diff-tree -p "$1" | "${GIT[@]}" patch-id --stable | cut -d ' ' -f 1
}

# unfit: the first change in the work tree that no acceptance makes; nothing where all are changes of YAML files.
unfit() {
    "${GIT[@]}" diff --raw --no-renames -z HEAD | python3 -I -c '
import sys

words = sys.stdin.buffer.read().decode(errors="backslashreplace").split("\0")
for told, name in zip(words[::2], words[1::2]):
    before, after, *_, status = told.removeprefix(":").split(" ")
    if status != "M" or before != after or not name.endswith((".yaml", ".yml")) or name.startswith("."):
        print(ascii(name))
        break
'
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

# closed: closes the pull request, and takes its branch away; there is nothing to accept.
closed() {
    if [[ -z $known ]]; then
        echo "Nothing to accept, and no branch $branch."
        return
    fi
    [[ -z $number ]] || gh pr close "$number" --comment "Nothing is left that can be accepted. $(run_url)"
    remote_git push --quiet --force-with-lease="refs/heads/$branch:$known" "$remote" ":refs/heads/$branch"
}

# committed: makes the commit of the diff, and prints it; the checkout is as it was.
committed() {
    local odd
    "${GIT[@]}" apply --whitespace=nowarn ${folder:+"--directory=$folder"} "$accepted/accept.diff"
    odd=$(unfit)
    [[ -z $odd ]] || fail "The diff changes $odd, which no acceptance does: nothing is pushed."
    GIT_AUTHOR_NAME=$BOT GIT_AUTHOR_EMAIL=$BOT_EMAIL GIT_COMMITTER_NAME=$BOT GIT_COMMITTER_EMAIL=$BOT_EMAIL \
        "${GIT[@]}" -c commit.gpgSign=false commit --quiet --no-verify --all --message "Accept what is live in $name"
    "${GIT[@]}" rev-parse HEAD
    "${GIT[@]}" reset --quiet --hard "$base"
}

# noted NAME: what accept.sh noted beside the diff.
noted() {
    sed -n "s/^$1=//p" "$accepted/accept.env"
}

accepted=$(cd "${1:?usage: pull-request.sh ACCEPTED}" && pwd)
[[ -f $accepted/accept.diff ]] || fail "no diff in $accepted: accept.sh writes it"
base=$("${GIT[@]}" rev-parse HEAD)
name=$(noted name) folder=$(noted folder) of=$(noted commit)
[[ -n $name && $of == "$base" ]] || fail "The diff is of another commit than this one."
branch=reconcile-accept/$name
git check-ref-format "refs/heads/$branch" || fail "no branch can be called $branch" 64
remote=${RECONCILE_GIT_REMOTE:-origin}
known=$(remote_git ls-remote "$remote" "refs/heads/$branch")
known=${known%%[[:space:]]*}
[[ -z $known ]] || remote_git fetch --quiet --no-tags "$remote" "refs/heads/$branch"
whose=$(state "$known")
if [[ $whose == theirs ]]; then
    echo "Somebody else committed to $branch: it stays as it is."
    exit
fi
found=$(pulls "$known")
number=$(sed -n 's/^open=//p' <<<"$found") seen=$(sed -n 's/^seen=//p' <<<"$found")
if [[ ! -s $accepted/accept.diff ]]; then
    closed
    exit
fi

commit=$(committed)
before='' now=$(patch "$commit")
[[ $whose != ours ]] || before=$(patch "$known")
if [[ $before != "$now" ]]; then
    remote_git push --quiet --force-with-lease="refs/heads/$branch:$known" "$remote" "$commit:refs/heads/$branch"
elif [[ -n $seen ]]; then
    echo "The same as before: pull request $seen says so already."
    exit
fi
text=$(mktemp)
trap 'rm -f "$text"' EXIT
body >"$text"
if [[ -n $number ]]; then
    gh pr edit "$number" --body-file "$text"
else
    gh pr create --head "$branch" --base "${GITHUB_REF_NAME:?the branch to merge into}" \
        --title "Accept what is live in $name" --body-file "$text"
fi
