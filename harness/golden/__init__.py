"""Goldens: what the right answer of a case is, and how much noise an honest device may add to it."""

from harness.golden.reference import make
from harness.golden.store import Golden, GoldenOutput, check, path_for, read, write

__all__ = ["Golden", "GoldenOutput", "check", "make", "path_for", "read", "write"]
