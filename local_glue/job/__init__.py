"""What runs in a job's process: the stand-in for awsglue, its sources and sinks."""

from pathlib import Path

STANDIN = Path(__file__).parent / "standin"
"""The folder that jobs have on their import path; it holds only the stand-in for the package awsglue."""
