# shellcheck shell=bash
# What the scripts share; it is sourced, never run. They need bash, git, python3 and reconcile, no more.
# They run in a checkout that a stranger may have written: `python3 -I` imports nothing from there, and git takes
# neither a hook nor another repository from there.

# fail MESSAGE [CODE]: says it on standard error and ends the script.
fail() {
    printf '%s\n' "$1" >&2
    exit "${2:-1}"
}

# git is asked about the folder that it is run in, or that -C names, whatever GIT_* variables stand around.
GIT=(env GIT_TERMINAL_PROMPT=0 git -c safe.bareRepository=explicit -c core.hooksPath=/dev/null -c core.fsmonitor=false)
if command -v git >/dev/null; then
    # shellcheck disable=SC2046  # names of variables, one a word
    unset $(git rev-parse --local-env-vars) GIT_NAMESPACE GIT_CEILING_DIRECTORIES
fi

# remote_git ARGUMENT...: git, with RECONCILE_GIT_TOKEN where there is one; the token is never on a command line.
remote_git() {
    if [[ -n ${RECONCILE_GIT_TOKEN:-} ]]; then
        # shellcheck disable=SC2016  # git's own shell reads the variable
        set -- -c credential.helper= \
            -c 'credential.helper=!f() { echo username=x-access-token; echo "password=$RECONCILE_GIT_TOKEN"; }; f' "$@"
    fi
    "${GIT[@]}" "$@"
}

# run_url: a link to this run on GitHub, where there is one.
run_url() {
    [[ -z ${GITHUB_RUN_ID:-} ]] || printf '\n[The run](%s/%s/actions/runs/%s)\n' \
        "$GITHUB_SERVER_URL" "$GITHUB_REPOSITORY" "$GITHUB_RUN_ID"
}

# chdir_of ARGUMENT...: the folder that -C or --chdir among the arguments names; nothing where none does.
chdir_of() {
    local folder=''
    while (($#)); do
        case $1 in
            --) break ;;
            --chdir) folder=${2:-} && shift ;;
            --chdir=*) folder=${1#*=} ;;
            *)
                if [[ $1 =~ ^-[hqvy]*C(.*)$ ]]; then
                    folder=${BASH_REMATCH[1]}
                    [[ -n $folder ]] || { folder=${2:-} && shift; }
                fi
                ;;
        esac
        (($#)) && shift
    done
    printf '%s\n' "$folder"
}

# project_of ARGUMENT...: the folder of the project that reconcile takes with these arguments: the one that they name,
# else the nearest with a project file, from here to the top of the repository.
project_of() {
    local folder top
    folder=$(chdir_of "$@")
    if [[ -n $folder ]]; then
        (CDPATH='' cd -P -- "$folder" 2>/dev/null && pwd) || pwd -P # reconcile says that there is none
        return
    fi
    folder=$(pwd -P)
    top=$("${GIT[@]}" rev-parse --show-toplevel) || top=$folder
    while [[ ! -e $folder/reconcile.yaml && $folder == "$top"/* ]]; do folder=${folder%/*}; done
    [[ -e $folder/reconcile.yaml ]] || folder=$(pwd -P)
    printf '%s\n' "$folder"
}

# environment_in ARGUMENT...: the environment that --env among the arguments names, else RECONCILE_ENV.
environment_in() {
    local environment=${RECONCILE_ENV:-}
    while (($#)) && [[ $1 != -- ]]; do
        case $1 in
            --env) environment=${2:-} ;;
            --env=*) environment=${1#*=} ;;
        esac
        shift
    done
    printf '%s\n' "$environment"
}

# name_of ENVIRONMENT FOLDER: what the tag, the comment, the issue and the lock of a project are called. ENVIRONMENT is ""
# for a project without environments; FOLDER is its place in the repository, "" at the top. What a ref cannot hold is
# percent-coded, and so is "@" in an environment, so that no two projects share a name.
name_of() {
    python3 -I - "$1" "$2" <<'PYTHON'
import os, re, sys


def coded(match):
    return "".join(f"%{byte:02X}" for byte in os.fsencode(match[0]))


def part(text, more):
    return re.sub(rf"[\x00-\x20\x7f\udc80-\udcff~^:?*\[\\/%{more}]", coded, text)


environment, folder = sys.argv[1:]
name = part(environment or "default", "@")
folder = folder.strip("/")
if folder:
    name += "@" + part(folder, "")
name = re.sub(r"^\.|(?<=\.)\.|\.$|\.(?=lock$)|(?<=@)\{", coded, name)
sys.stdout.buffer.write(os.fsencode(name) + b"\n")
PYTHON
}

# tag_of NAME: the tag that says which commit was applied last.
tag_of() {
    git check-ref-format "refs/tags/reconcile/$1" || fail "no tag can be called reconcile/$1" 64
    printf 'reconcile/%s\n' "$1"
}

# outcome FOLDER NAME: what run.sh noted of its run in that folder of reports.
outcome() {
    sed -n "s/^$2=//p" "$1/outcome.env"
}

# noted_name DOCUMENT: the name of the project that a plan or record is of, as run.sh noted it beside the document.
noted_name() {
    local name
    name=$(outcome "$(dirname "$1")" name)
    [[ -n $name ]] || fail "no name of a project is noted beside $1: run.sh writes it into outcome.env"
    printf '%s\n' "$name"
}

# marker_name DOCUMENT: that name, fit to stand in an HTML comment.
marker_name() {
    local name
    name=$(noted_name "$1") || exit
    python3 -I -c '
import os, re, sys

coded = lambda match: "".join(f"%{byte:02X}" for byte in os.fsencode(match[0]))
print(re.sub(r"[^A-Za-z0-9._@%-]|(?<=-)-", coded, sys.argv[1]))
' "$name"
}
