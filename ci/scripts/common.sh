# shellcheck shell=bash
# What the scripts share; it is sourced, never run. They need bash, git, python3 and reconcile, no more.

# fail MESSAGE [CODE]: says it on standard error and ends the script.
fail() {
    printf '%s\n' "$1" >&2
    exit "${2:-1}"
}

# tag_of ENVIRONMENT: the tag that says which commit was applied last. "" is a project without environments.
tag_of() {
    local name="reconcile/${1:-default}"
    git check-ref-format "refs/tags/$name" || fail "no tag can be called $name" 64
    printf '%s\n' "$name"
}

# environment_of DOCUMENT: the environment that a plan or record is of; nothing for a project without environments.
environment_of() {
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1], encoding="utf-8"))["environment"] or "")' "$1"
}

# outcome FOLDER NAME: what run.sh noted of its run in that folder of reports.
outcome() {
    sed -n "s/^$2=//p" "$1/outcome.env"
}

# marker_name DOCUMENT: the document's environment, fit to stand in an HTML comment.
marker_name() {
    local name
    name=$(environment_of "$1")
    [[ ${name:=default} =~ ^[A-Za-z0-9._-]+$ && $name != *--* ]] || fail "not the name of an environment" 64
    printf '%s\n' "$name"
}
