"""Holds a type of system to the laws that every kind is held to; `reconcile.provider.testing` is its door."""

import pytest

pytest.register_assert_rewrite("reconcile.laws.laws", "reconcile.laws.subject")
