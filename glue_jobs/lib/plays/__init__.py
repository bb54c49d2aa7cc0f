"""Plays: judged, counted into every KPI, published."""
