"""What happens to files and leftovers after a run."""
