# Completion of reconcile for fish: reconcile completion fish | source
function __reconcile_words
    set -l typed (commandline -opc) (commandline -ct)
    for line in (_RECONCILE_COMPLETE=words $typed[1] $typed[2..-1] 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c reconcile -f -a '(__reconcile_words)'
