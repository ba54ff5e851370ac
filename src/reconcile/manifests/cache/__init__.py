"""Keeps what loading a file came to, by the digest of its bytes; what a file means is left to `manifests`."""
