"""Defines the field table, one row per attribute of a kind, and what is read off the rows alone; which kinds
there are is left to `systems`.
"""
