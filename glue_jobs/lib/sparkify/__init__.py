"""The star schema: songs, events, and which song an event played."""
