"""Upkeep after a run: archiving files, and removing what dead runs left."""
