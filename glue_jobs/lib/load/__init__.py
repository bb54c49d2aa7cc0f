"""Turns files into rows, in the same way for every load."""
