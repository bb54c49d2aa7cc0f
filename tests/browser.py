"""Chromium for the tests of pages. It is not a dependency: without one they are left out, which the summary says."""

import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")

needed = pytest.mark.skipif(CHROMIUM is None, reason="NOT TESTED: pages in a browser; Chromium is not installed")


def chromium(folder: Path, *arguments: str) -> str:
    """Runs Chromium without a window and with a profile in `folder`; returns what it prints."""
    command = [CHROMIUM, *OPTIONS, f"--user-data-dir={folder}/profile", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
