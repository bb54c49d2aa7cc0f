"""What a run did, counted: the books and the metrics."""
