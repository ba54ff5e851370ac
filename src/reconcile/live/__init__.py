"""Reads live state to its end and finds which object is whose; what differs is decided elsewhere."""
