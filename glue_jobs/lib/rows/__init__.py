"""Rows of files: how they are read, typed and checked, and the quarantine for those in error."""
