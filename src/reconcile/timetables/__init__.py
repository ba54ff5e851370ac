"""Computes when something fires: wall-clock times, zones, Quartz's grammar; it asks no clock."""
