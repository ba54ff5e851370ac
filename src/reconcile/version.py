"""Holds the version of this tool, which the distribution takes from here."""

VERSION = "0.2.0"
