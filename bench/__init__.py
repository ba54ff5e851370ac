"""Measures what a run costs beside its counterparts, as ratios in one run on one machine: `make bench`."""
