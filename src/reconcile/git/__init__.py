"""Asks git about the project: where its checkout is, what it tracks, what a commit holds; changes nothing."""
