#!/usr/bin/env bash
# From the inputs of action.yml, which come as INPUT_* variables, to the arguments of run.sh.
# A list has one item a line; no shell reads an item, so nothing needs quotes and nothing is expanded.
set -euo pipefail

# Adds each line of $1 that is not empty to the arguments, behind the flag $2 where there is one.
arguments=()
add() {
    local line
    while IFS= read -r line; do
        line=${line%$'\r'}
        [[ -z $line ]] || arguments+=(${2:+"$2"} "$line")
    done <<<"$1"
}

case ${INPUT_COMMAND:-} in
    validate) export RECONCILE_BASE='' ;;
    plan | drift | accept | apply) export RECONCILE_BASE=${INPUT_BASE:-${RECONCILE_BASE:-}} ;;
    *) echo "command is one of validate, plan, drift, accept, apply" >&2 && exit 64 ;;
esac
export RECONCILE_ENV=${INPUT_ENVIRONMENT:-${RECONCILE_ENV:-}}
export RECONCILE_REPORTS=${INPUT_REPORTS:-reconcile-reports}
add "${INPUT_CHDIR:-}" --chdir
add "${INPUT_TARGET:-}" --target
add "${INPUT_ARGS:-}"
here=$(dirname "${BASH_SOURCE[0]}")
if [[ $INPUT_COMMAND == accept ]]; then
    exec bash "$here/accept.sh" "$RECONCILE_REPORTS" "$RECONCILE_REPORTS/accept" ${arguments[@]+"${arguments[@]}"}
fi
exec bash "$here/run.sh" "$INPUT_COMMAND" ${arguments[@]+"${arguments[@]}"}
