"""`awsgluedq` on a laptop: the rules that Glue Studio puts into every script it writes, no others."""
