"""One module a format, each a function of the plan document."""
