"""What can become of a line that a run reads; the names are those of the books' counts, but for `pending`."""

LOADED, ALREADY_LOADED, REPEATED, PENDING = "loaded", "already_loaded", "repeated", "pending"
QUARANTINED, OUT_OF_WINDOW = "quarantined", "out_of_window"
