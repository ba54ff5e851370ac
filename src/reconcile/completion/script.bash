# Completion of reconcile for bash: source <(reconcile completion bash)
_reconcile() {
    local line files=''
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == :files ]]; then files=1; else COMPREPLY+=("$line"); fi
    done < <(_RECONCILE_COMPLETE=words "${COMP_WORDS[0]}" "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    if [[ $files ]]; then
        compopt -o filenames 2>/dev/null
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
    fi
}
complete -F _reconcile reconcile
