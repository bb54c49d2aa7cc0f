"""Tells the story of a run from the books in the warehouse, on AWS or here: `make explain RUN=…`."""
