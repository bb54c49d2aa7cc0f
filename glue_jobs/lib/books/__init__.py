"""The books of a run (line counts per file and per run) and its metrics."""
