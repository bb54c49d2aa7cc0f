"""Intake of deliveries: the landing bucket, and the check of each file."""
