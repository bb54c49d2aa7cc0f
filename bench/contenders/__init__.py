"""The contenders, each a whole process: `python -m bench.contenders.<name> IN OUT`.

IN is a folder of `bench.generate`. Into OUT each writes a folder of CSV files per table of `bench.tables`, gzipped,
and `counts.json`. Bad lines are counted and left out, so are repeats and plays of unknown users and tracks.
"""
