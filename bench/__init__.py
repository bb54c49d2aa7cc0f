"""Benchmarks: this project against other ways of doing the same work, on the same files, with the same results."""
