#!/usr/bin/env bash
# Runs reconcile on one part of a large estate: the one with this pod's number in an Indexed Job.
#
#   part.sh LIST COMMAND [ARGUMENT...]
#
# Each line of LIST is a part: the project's folder, then the PATHs of it to plan (none: all of it). Words are
# separated by spaces; there are no quotes. JOB_COMPLETION_INDEX is the line's number, from 0. The base of plan, drift and
# apply is the tag of that part's project, once there is one; RECONCILE_BASE names another for all parts.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

list=${1:?usage: part.sh LIST COMMAND [ARGUMENT...]}
command=${2:?usage: part.sh LIST COMMAND [ARGUMENT...]}
index=${JOB_COMPLETION_INDEX:?set by Kubernetes in an Indexed Job}
shift 2
[[ $index =~ ^[0-9]+$ ]] || { echo "JOB_COMPLETION_INDEX is not a number" >&2 && exit 64; }

line=$(sed -n "$((10#$index + 1))p" "$list")
read -ra words <<<"$line"
((${#words[@]})) || { echo "$list has no part number $index" >&2 && exit 64; }
if [[ $command == apply ]] && ((${#words[@]} > 1)); then
    echo "Only whole projects are applied in parts: the lock that keeps two applies apart is the project's." >&2
    exit 64
fi
paths=("${words[@]:1}")
set -- --chdir "${words[0]}" "$@" "${paths[@]/#/${words[0]%/}/}"
if [[ $command =~ ^(plan|drift|apply)$ && -z ${RECONCILE_BASE:-} && -d ${words[0]} ]]; then
    folder=$("${GIT[@]}" -C "${words[0]}" rev-parse --show-prefix) || fail "the base is read from git, and git cannot read ${words[0]}"
    name=$(name_of "$(environment_in "$@")" "$folder")
    tag=$(tag_of "$name")
    set -- --base-or-none "refs/tags/$tag" "$@"
fi
exec reconcile "$command" "$@"
