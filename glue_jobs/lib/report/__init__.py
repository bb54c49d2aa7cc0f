"""The report of a run: one HTML page about its books, the published figures, the checks and the cost."""
