"""Erases users wherever their data is: databases, files, old versions of files (decision 13)."""
