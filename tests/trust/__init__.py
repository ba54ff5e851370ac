"""Crash it anywhere, lose any answer, feed it anything: the promises of docs/trust.md, as tests."""
