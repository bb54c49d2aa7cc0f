"""What a job's process has: the stand-in for awsglue, its sources and sinks."""

from pathlib import Path

STANDIN = Path(__file__).parent / "standin"
"""The folder that holds the stand-in for the package awsglue and nothing else, for the import path of jobs."""
