"""Holds what several report formats share; each format has a module of its own beside this package."""
