#!/usr/bin/env bash
# Installs the tool of this checkout, and beside it the packages that add types of system: one requirement of pip on each
# line of INPUT_SYSTEMS, which no shell reads and pip takes for no flag.
set -euo pipefail

systems=()
while IFS= read -r line; do
    line=${line%$'\r'}
    [[ -z $line ]] || systems+=("$line")
done <<<"${INPUT_SYSTEMS:-}"
here=$(dirname "${BASH_SOURCE[0]}")
exec python -I -m pip install --quiet --disable-pip-version-check --constraint "$here/constraints.txt" \
    -- "$here/../.." ${systems[@]+"${systems[@]}"}
