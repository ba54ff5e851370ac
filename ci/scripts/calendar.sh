#!/usr/bin/env bash
# Writes the calendar that everybody can subscribe to: calendar.ics and, to look at, index.html.
#
#   calendar.sh FOLDER [ARGUMENT...]
#
# FOLDER             what is published: both files are replaced there once both are made, or neither is
# RECONCILE_ENV      the environment
# RECONCILE_FOLDER   the project's folder, as --chdir says it
#
# It asks no system and needs no secret. It ends with reconcile's own exit code.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

folder=${1:-}
[[ -n $folder && $folder != -* ]] || fail "usage: calendar.sh FOLDER [ARGUMENT...]" 64
shift
[[ -z ${RECONCILE_FOLDER:-} ]] || set -- --chdir "$RECONCILE_FOLDER" "$@"

mkdir -p "$folder"
made=$(mktemp -d "$folder/.made.XXXXXX")
trap 'rm -rf "$made"' EXIT
reconcile calendar -o ics "$@" >"$made/calendar.ics"
reconcile calendar -o html "$@" >"$made/index.html"
mv "$made/calendar.ics" "$made/index.html" "$folder/"
