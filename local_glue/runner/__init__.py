"""Runs job scripts."""
