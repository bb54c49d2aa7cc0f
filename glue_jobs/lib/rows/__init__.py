"""Rows of files: read, typed, checked, and kept when they are in error."""
