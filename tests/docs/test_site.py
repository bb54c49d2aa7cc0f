"""The site that `make docs` builds: all pages, links that lead somewhere, nothing from elsewhere."""

import importlib.util
import os
import re
import subprocess
from pathlib import Path

import pytest
from environments import installed

PROJECT = Path(__file__).parents[2]
HOOKS = importlib.util.spec_from_file_location("site_pages", PROJECT / "docs" / "site_pages.py")
site_pages = importlib.util.module_from_spec(HOOKS)
HOOKS.loader.exec_module(site_pages)

LOADED_FROM_ELSEWHERE = re.compile(r'<(?:script|img|link|iframe)[^>]*(?:src|href)="((?:https?:)?//[^"]*)"')
THERE = {"index.md", "contributing.md", "operations.md", "decisions/0001-a.md"}


def describe_links():
    @pytest.mark.parametrize(
        ("page", "text", "expected"),
        [
            ("index.md", "[how](docs/operations.md#bookmarks)", "[how](operations.md#bookmarks)"),
            ("operations.md", "[how](../CONTRIBUTING.md)", "[how](contributing.md)"),
            ("operations.md", "[why](decisions/0001-a.md)", "[why](decisions/0001-a.md)"),
            ("decisions/0001-a.md", "[it](../operations.md)", "[it](../operations.md)"),
            ("operations.md", "[a test](../tests/test_layers.py) says", "a test says"),
            ("index.md", "![a picture](bench/plots/x.svg) of it", " of it"),
            ("operations.md", "[here](#bookmarks), [AWS](https://aws.amazon.com/glue/)", None),
        ],
    )
    def they_follow_the_pages(page, text, expected):
        assert site_pages.rewritten(text, page, THERE) == (expected or text)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    mkdocs = installed("docs") / "mkdocs"
    built = subprocess.run([mkdocs, "build", "-q", "-d", folder], cwd=PROJECT, capture_output=True, text=True,
                           env=os.environ | {"NO_MKDOCS_2_WARNING": "1"})  # fmt: skip
    assert (built.returncode, built.stderr) == (0, "")
    return folder


def describe_the_site():
    def it_has_every_page(site):
        pages = {path.relative_to(PROJECT / "docs").with_suffix(".html") for path in PROJECT.glob("docs/**/*.md")}
        pages |= {Path(name).with_suffix(".html") for name in site_pages.OTHERS.values()}
        assert {path for path in pages if not (site / path).exists()} == set()

    def it_loads_nothing_from_elsewhere(site):
        for page in site.rglob("*.html"):
            assert LOADED_FROM_ELSEWHERE.findall(page.read_text()) == [], page
