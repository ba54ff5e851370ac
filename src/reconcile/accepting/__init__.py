"""Puts live values into manifests: where each is written, what may be, and which bytes change."""
