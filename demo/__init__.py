"""The demo: a generated landing folder, a run of it on this machine, and a report of what happened."""
