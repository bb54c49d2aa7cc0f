"""A web console for the stack: pages that the endpoint serves to a browser on this machine."""

PREFIX = "/_console"
"""Where the endpoint has the console: no bucket can have this name."""
