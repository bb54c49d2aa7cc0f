"""Keeps on disk what the endpoint has in memory, so that a stack lasts beyond the endpoint's process."""
