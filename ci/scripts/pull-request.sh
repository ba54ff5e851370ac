#!/usr/bin/env bash
# Keeps one pull request on GitHub, or merge request on GitLab, for each environment, which accepts what is live: opened with
# the diff that accept.sh wrote, updated in place where that is another one, closed when nothing is left of it.
#
#   pull-request.sh ACCEPTED
#
# ACCEPTED is what accept.sh wrote; it is data, and only changes of YAML files that are there come of it. It is run at the
# top of a checkout of the commit that the diff is of, and needs leave to push one branch, reconcile-accept/<environment>, and
# no release system's secret; github.sh and gitlab.sh say what else the forge wants:
#
# RECONCILE_GIT_TOKEN   a token with which to push (default: whatever git has)
# RECONCILE_GIT_REMOTE  where to push (default: origin)
#
# A branch to which somebody else committed stays as it is, and so does one with the same diff.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
if [[ -n ${GITLAB_CI:-} ]]; then
    # shellcheck source-path=SCRIPTDIR source=gitlab.sh
    . "$(dirname "${BASH_SOURCE[0]}")/gitlab.sh"
else
    # shellcheck source-path=SCRIPTDIR source=github.sh
    . "$(dirname "${BASH_SOURCE[0]}")/github.sh"
fi

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

# closed: closes the pull request, and takes its branch away; there is nothing to accept.
closed() {
    if [[ -z $known ]]; then
        echo "Nothing to accept, and no branch $branch."
        return
    fi
    [[ -z $number ]] || close_pull "$number"
    remote_git push --quiet --force-with-lease="refs/heads/$branch:$known" "$remote" ":refs/heads/$branch"
}

# committed: makes the commit of the diff, and prints it; the checkout is as it was.
committed() {
    local odd
    "${GIT[@]}" apply --whitespace=nowarn ${folder:+"--directory=$folder"} "$accepted/accept.diff"
    odd=$(unfit)
    [[ -z $odd ]] || fail "The diff changes $odd, which no acceptance does: nothing is pushed."
    GIT_AUTHOR_NAME=$BOT GIT_AUTHOR_EMAIL=$BOT_EMAIL GIT_COMMITTER_NAME=$BOT GIT_COMMITTER_EMAIL=$BOT_EMAIL \
        "${GIT[@]}" -c commit.gpgSign=false commit --quiet --no-verify --all --message "$title"
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

title="Accept what is live in $name"
for_push
commit=$(committed)
before='' now=$(patch "$commit")
[[ $whose != ours ]] || before=$(patch "$known")
if [[ $before != "$now" ]]; then
    remote_git push --quiet "${PUSHED_WITH[@]}" --force-with-lease="refs/heads/$branch:$known" "$remote" "$commit:refs/heads/$branch"
elif [[ -n $seen ]]; then
    echo "The same as before: pull request $seen says so already."
    exit
fi
tell_pull "$number"
