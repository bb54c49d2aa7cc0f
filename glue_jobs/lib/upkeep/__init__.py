"""Upkeep after a run: removing what dead runs left."""
