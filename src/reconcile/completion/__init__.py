"""Completes what is being typed, offline; to be quick it imports no click, and little else."""
