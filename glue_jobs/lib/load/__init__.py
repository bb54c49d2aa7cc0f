"""The one way in which files become rows."""
