"""The site that `make docs` builds: all pages, links that lead somewhere, nothing from elsewhere."""

import html
import importlib.util
import json
import os
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import browser
import pytest
from environments import installed

from docs import mermaid

PROJECT = Path(__file__).parents[2]
HOOKS = importlib.util.spec_from_file_location("site_pages", PROJECT / "docs" / "site_pages.py")
site_pages = importlib.util.module_from_spec(HOOKS)
HOOKS.loader.exec_module(site_pages)

LOADED_FROM_ELSEWHERE = re.compile(r'<(?:script|img|link|iframe)[^>]*(?:src|href)="((?:https?:)?//[^"]*)"')
STYLED_FROM_ELSEWHERE = re.compile(r"(?:url\(|@import )[\"']?(?:https?:)?//[^)\s]*")
NO_NETWORK = ("--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=60000", "--window-size=1280,1000")
OPEN = """<head><script>
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function() { return attach.call(this, {mode: "open"}); };
addEventListener("load", () => setInterval(() => {
  const drawn = [...document.querySelectorAll("div.mermaid")].map(one => one.shadowRoot.querySelector("svg"));
  const asked = performance.getEntriesByType("resource").map(one => one.name);
  document.body.dataset.seen = JSON.stringify({
    scales: drawn.map(one => one && one.getBoundingClientRect().width / one.viewBox.baseVal.width),
    texts: drawn.map(one => one && one.textContent),
    elsewhere: asked.filter(name => !name.startsWith("file:")),
  });
}, 500));
</script>"""
"""Tells what a page has drawn, which the theme hides from scripts, and what it asked of other hosts."""
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
    assert mermaid.fetch() == ""
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

    def its_styles_load_nothing_from_elsewhere(site):
        for style in [*site.rglob("*.css"), *site.rglob("*.html")]:
            assert STYLED_FROM_ELSEWHERE.findall(style.read_text()) == [], style

    def only_pages_with_a_diagram_load_what_draws_it(site):
        pages = {page.name: page.read_text() for page in site.rglob("*.html")}
        with_it = {name for name, page in pages.items() if "mermaid.min.js" in page}
        assert with_it == {name for name, page in pages.items() if mermaid.DIAGRAM in page} == {"tables.html"}

    @browser.needed
    def it_draws_legible_diagrams_without_a_network(site, tmp_path):
        page = site / "tables-seen.html"
        page.write_text((site / "tables.html").read_text().replace("<head>", OPEN, 1))
        dumped = browser.chromium(tmp_path, *NO_NETWORK, "--dump-dom", page.as_uri())
        seen = json.loads(html.unescape(re.search(r'data-seen="([^"]*)"', dumped)[1]))
        assert seen["elsewhere"] == []
        assert [scale > 0.6 for scale in seen["scales"]] == [True, True], "letters as small can hardly be read"
        assert "user_features" in seen["texts"][0]
        assert "songplays" in seen["texts"][1]


def describe_a_machine_that_cannot_fetch_mermaid():
    @pytest.fixture
    def nothing_fetched(tmp_path, monkeypatch):
        monkeypatch.setattr(mermaid, "FOLDER", tmp_path / "mermaid")
        monkeypatch.setenv("LOCAL_GLUE_MAVEN_MIRROR", (tmp_path / "none").as_uri())

    @pytest.mark.usefixtures("nothing_fetched")
    def it_is_told_so():
        assert re.match("The site shows its diagrams as text, .*/mermaid-.*jar could not be fetched", mermaid.fetch())

    @pytest.mark.usefixtures("nothing_fetched")
    def its_diagrams_are_code_that_no_script_looks_for():
        fences = {"pymdownx.superfences": {"custom_fences": [{"name": "mermaid"}]}}
        mermaid.on_config(SimpleNamespace(mdx_configs=fences))
        assert fences == {"pymdownx.superfences": {"custom_fences": []}}
