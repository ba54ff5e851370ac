"""Names the exit codes; what each of them promises stands in the README."""

OK = 0
ERROR = 1
DIFFERENCES = 2
INCOMPLETE = 3
REFUSED = 4
USAGE = 64
SIGHUP = 129
SIGINT = 130
SIGTERM = 143
