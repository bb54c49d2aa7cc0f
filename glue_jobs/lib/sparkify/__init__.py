"""The jobs' part that is about the star schema: songs, events, and which song an event played."""
