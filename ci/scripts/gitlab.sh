# shellcheck shell=bash disable=SC2154  # pull-request.sh sets what is used here
# What pull-request.sh asks of GitLab; it is sourced, never run. GitLab itself opens and updates a merge request as its branch is
# pushed with options, and closes it as the branch goes: nothing but git is needed, and no API.
#
# CI_COMMIT_BRANCH      the branch that the merge request is to be merged into
# CI_JOB_URL            the job, whose log says what could not be accepted
#
# Whether a merge request was closed is not asked: the branch that is left says that this diff was proposed already.

# shellcheck disable=SC2034  # pull-request.sh commits as this
BOT='reconcile-accept' BOT_EMAIL="reconcile-accept@noreply.${CI_SERVER_HOST:-gitlab.invalid}"

# for_push: sets what a push says beside the branch: an option is one line, so what was refused stands in the log of the job.
for_push() {
    local words='What is live differs from what was applied last. This makes the manifests say what is live; nothing is sent.'
    cat "$accepted/refused.txt"
    PUSHED_WITH=(
        --push-option=merge_request.create
        --push-option="merge_request.target=${CI_COMMIT_BRANCH:?the branch to merge into}"
        --push-option="merge_request.title=$title"
        --push-option="merge_request.description=$words${CI_JOB_URL:+ [What was said of it]($CI_JOB_URL).}"
    )
}

# pulls COMMIT: `seen=` with the branch where there is one.
pulls() {
    printf 'open=\nseen=%s\n' "${1:+of $branch}"
}

# close_pull NUMBER: does nothing: GitLab closes a merge request whose branch goes.
close_pull() {
    :
}

# tell_pull NUMBER: does nothing: the push said it.
tell_pull() {
    :
}
