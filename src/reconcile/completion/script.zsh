#compdef reconcile
# Completion of reconcile for zsh: source <(reconcile completion zsh)
_reconcile() {
    local line files=''
    local -a found
    for line in "${(@f)$(_RECONCILE_COMPLETE=words "${words[1]}" "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        if [[ $line == :files ]]; then files=1; elif [[ -n $line ]]; then found+=("$line"); fi
    done
    (( $#found )) && compadd -- "${found[@]}"
    [[ -n $files ]] && _files
}
compdef _reconcile reconcile
