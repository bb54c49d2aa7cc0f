"""Running job scripts."""
