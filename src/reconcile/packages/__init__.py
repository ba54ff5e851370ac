"""Finds the types of system that installed packages add, and imports those that are named."""
