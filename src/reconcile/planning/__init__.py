"""Decides what closes each difference and in which order; nothing here is sent or printed."""
