"""Taking in what was delivered: the landing bucket, and the check of each file."""
