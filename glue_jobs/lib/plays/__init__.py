"""Plays: classifying and publishing them, with every KPI."""
