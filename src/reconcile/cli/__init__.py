"""Turns arguments into calls and results into exit codes: one file for each command."""
