"""Checks of the published tables."""
