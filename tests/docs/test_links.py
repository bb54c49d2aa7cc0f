"""Every link of every page leads to a file, and to a heading that is there; shown make targets and commands exist."""

import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
from typer.main import get_command

from local_glue.cli.main import app

PROJECT = Path(__file__).parents[2]
LISTED = subprocess.run(["git", "ls-files", "*.md"], cwd=PROJECT, capture_output=True, text=True, check=False).stdout
PAGES = [PROJECT / name for name in LISTED.splitlines()] or sorted(PROJECT.glob("docs/**/*.md"))
LINK = re.compile(r"(?<!!)\[[^]]*\]\(([^)\s]+)\)")
TARGETS = set(re.findall(r"^([a-z0-9-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
COMMANDS = get_command(app).commands


def _anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    text = FENCED.sub("", page.read_text())
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    plain = [LINK.sub(lambda link: link[0].partition("]")[0][1:], heading) for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


def _shown(page):
    """What the page shows as commands."""
    return re.findall(
        r"`([^`\n]+)`|^(?:\$ )?((?:make|\.venv/bin/local-glue|local-glue) .*)$", page.read_text(), re.MULTILINE
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def describe_a_page():
    def it_links_to_what_is_there(page):
        for link in LINK.findall(FENCED.sub("", page.read_text())):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = unquote(link).partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), link
            assert not anchor or target.suffix != ".md" or anchor in _anchors(target), link

    def it_shows_targets_and_commands_that_there_are(page):
        for inline, line in _shown(page):
            words = (inline or line).removeprefix(".venv/bin/").split()
            if words[:1] == ["make"] and len(words) > 1 and re.fullmatch(r"[a-z0-9-]+", words[1]):
                assert words[1] in TARGETS, words
            if words[:1] == ["local-glue"] and len(words) > 1 and re.fullmatch(r"[a-z]+", words[1]):
                assert words[1] in COMMANDS, words
