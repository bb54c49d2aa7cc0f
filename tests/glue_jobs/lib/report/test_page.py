"""The page as HTML: what it says first, what it needs, and what it does with hostile names."""

import re
import sys
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from glue_jobs.lib.report import verdict
from glue_jobs.lib.report.page import render
from tests.glue_jobs.lib.report import samples

PAGES = {
    "usual": samples.usual(),
    "nothing": samples.nothing(),
    "no sparkify": samples.nothing("sparkify"),
    "600 days": samples.long_history(),
    "sparkify": samples.sparkify(),
    "harm": samples.usual(name=samples.HARM),
    "harm in sparkify": samples.sparkify(samples.HARM),
    "long names": samples.usual(name=samples.LONG),
}
VOID = {"meta", "link", "br", "hr", "img", "input", "path"}


class Page(HTMLParser):
    """The elements of a page, with their attributes and whether they close."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.found, self.open, self.text = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def pages():
    return {name: render(facts) for name, facts in PAGES.items()}


@pytest.mark.parametrize("name", PAGES)
def describe_every_page():
    def it_is_well_formed(pages, name):
        assert Page(pages[name]).open == []

    def it_loads_nothing(pages, name):
        page = Page(pages[name])
        assert not [
            tag for tag, _ in page.found if tag in ("script", "iframe", "object", "embed", "img", "base", "form")
        ]
        assert {link["href"] for link in page.all("link")} == {"data:,"}
        assert not re.search(r"https?:|//\w|url\(|@import|javascript:", pages[name])
        policy = next(meta["content"] for meta in page.all("meta") if "http-equiv" in meta)
        assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

    def it_has_no_handler_of_events(pages, name):
        assert not [key for _, attributes in Page(pages[name]).found for key in attributes if key.startswith("on")]

    def it_names_its_language_and_has_one_title(pages, name):
        page = Page(pages[name])
        assert page.all("html") == [{"lang": "en"}]
        assert len(page.all("h1")) == len(page.all("title")) == len(page.all("main")) == 1

    def it_has_headings_in_order(pages, name):
        levels = [int(tag[1]) for tag, _ in Page(pages[name]).found if re.fullmatch("h[1-6]", tag)]
        assert all(later <= earlier + 1 for earlier, later in pairwise(levels))

    def it_has_no_id_twice_and_no_dangling_link(pages, name):
        page = Page(pages[name])
        ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
        assert len(ids) == len(set(ids))
        assert {link["href"].removeprefix("#") for link in page.all("a")} <= set(ids)

    def it_describes_each_drawing_and_has_its_table(pages, name):
        drawings = Page(pages[name]).all("svg")
        assert all(drawing["role"] == "img" and len(drawing["aria-label"]) > 30 for drawing in drawings)
        for card in re.findall(r"<article.*?</article>", pages[name], re.DOTALL):
            assert "<svg" not in card or "<table" in card

    def it_lets_the_keyboard_reach_what_scrolls(pages, name):
        boxes = [attributes for _, attributes in Page(pages[name]).found if attributes.get("class") == "scroll"]
        assert all(box["tabindex"] == "0" and box["role"] == "region" and box["aria-label"] for box in boxes)

    def it_is_small(pages, name):
        assert len(pages[name].encode()) < 300_000

    def it_is_the_same_each_time(pages, name):
        assert render(PAGES[name]) == pages[name]

    def it_leaves_no_colour_of_a_drawing(pages, name):
        assert not re.findall(r"#[0-9a-f]{6}", pages[name].partition("</style>")[2])


def describe_hostile_names():
    @pytest.mark.parametrize("name", ["harm", "harm in sparkify"])
    def they_are_text(pages, name):
        assert "<script>" not in pages[name]
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages[name]
        assert "\u202e" not in pages[name]
        assert any(samples.HARM.replace("\u202e", "")[:40] in part for part in Page(pages[name]).text)


def describe_the_first_words():
    def they_say_what_is_wrong(pages):
        assert "Loaded, but needs a look" in pages["usual"]
        assert "1 file rejected whole." in pages["usual"]
        assert "deliver CSV with a header line, in UTF-8" in pages["usual"]

    def they_say_that_a_check_failed():
        broken = samples.result(
            "streams_keys_unique", "failed", "error", 3.0, "at most 0", "streams_keys_unique: observed 3"
        )
        found = verdict.verdict(samples.usual(results=[broken]))
        assert (found.state, found.title) == ("bad", "1 check failed")
        assert "streams_keys_unique: observed 3" in render(samples.usual(results=[broken]))

    def they_are_kind_before_the_first_run(pages):
        assert "Nothing was loaded yet" in pages["nothing"]
        assert "<svg" not in pages["nothing"]


def describe_without_matplotlib():
    def it_shows_the_tables(monkeypatch):
        for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        page = render(samples.usual())
        assert "<svg" not in page
        assert page.count("<details open>") == 6
        assert Page(page).open == []


def describe_a_long_history():
    def it_is_cut_into_months(pages):
        assert "plays a month (UTC), 6 Apr 2025 to 26 Nov 2026" in pages["600 days"]
        assert "2025-04-01" in pages["600 days"]
