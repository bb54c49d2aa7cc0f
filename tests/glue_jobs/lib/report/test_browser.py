"""The page in a browser: nothing runs out of it at any width, in both schemes, and on paper."""

import html
import json
import re

import browser
import pytest
from browser import chromium

from glue_jobs.lib.report.page import POLICY, render
from tests.glue_jobs.lib.report import samples

pytestmark = browser.needed

WIDTHS = (360, 1280, 1920)
PAGES = {
    "usual": samples.usual,
    "nothing": samples.nothing,
    "long": samples.long_history,
    "sparkify": samples.sparkify,
    "harm": lambda: samples.usual(name=samples.HARM),
    "long names": lambda: samples.usual(name=samples.LONG),
}
MEASURE = """
<script nonce="test">
const root = document.documentElement, boxes = document.querySelectorAll("body *"), out = [];
for (const box of boxes) {
  if (box.closest(".scroll, .skip, svg, thead")) continue;
  const right = box.getBoundingClientRect().right;
  if (right > root.clientWidth + 1) out.push(box.tagName + "." + box.className + " " + Math.round(right));
}
const drawings = [...document.querySelectorAll("svg")].filter(one => one.getBoundingClientRect().width > 0);
const labels = drawings.map(one => [...one.querySelectorAll("text")].map(text => {
  const box = text.getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom, text.textContent];
}));
const sizes = drawings.flatMap(one => [...one.querySelectorAll("text")].map(text =>
  parseFloat(getComputedStyle(text).fontSize) * one.getBoundingClientRect().width / one.viewBox.baseVal.width));
const hidden = [...document.querySelectorAll(".both")].map(
  one => [...one.children].filter(child => getComputedStyle(child).display !== "none").length);
const told = parent.document.createElement("pre");
told.className = "measured";
told.textContent = JSON.stringify({
  key: window.name, width: root.clientWidth, scroll: root.scrollWidth, out, labels, smallest:
    Math.min(99, ...sizes), hidden,
  ink: getComputedStyle(document.body).color,
});
parent.document.body.append(told);
</script>
"""


def opened(tmp_path, pages, *options):
    """Opens pages, each in a frame of a width: a browser's window is not narrower than 500 pixels.

    Args:
        pages: By a key, the page and the width.

    Returns:
        By key, what a script of ours measured, which the page's policy is made to let in.
    """
    frames = []
    for key, (page, width) in pages.items():
        trusting = page.replace(POLICY, f"{POLICY}; script-src 'nonce-test'")
        inner = html.escape(trusting.replace("</body>", f"{MEASURE}</body>"))
        frames.append(f'<iframe name="{key}" width="{width}" height="900" frameborder="0" srcdoc="{inner}"></iframe>')
    file = tmp_path / "frames.html"
    file.write_text(f'<meta charset="utf-8">{"".join(frames)}', encoding="utf-8")
    dumped = chromium(tmp_path, "--window-size=2000,1000", *options, "--dump-dom", f"file://{file}")
    found = re.findall(r'<pre class="measured">(.*?)</pre>', dumped, re.DOTALL)
    return {one["key"]: one for one in map(json.loads, map(html.unescape, found))}


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Every page at every width, opened at once."""
    pages = {f"{name} {width}": (render(make()), width) for name, make in PAGES.items() for width in WIDTHS}
    return opened(tmp_path_factory.mktemp("browser"), pages)


def overlapping(labels):
    """Pairs of labels of one drawing that cover each other."""
    return [
        (one[4], other[4])
        for at, one in enumerate(labels)
        for other in labels[at + 1 :]
        if min(one[2], other[2]) - max(one[0], other[0]) > 1 and min(one[3], other[3]) - max(one[1], other[1]) > 3
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_width_and_its_labels_can_be_read(measured, name, width):
    found = measured[f"{name} {width}"]
    assert found["width"] == width
    assert found["scroll"] <= width
    assert found["out"] == []
    assert [pair for labels in found["labels"] for pair in overlapping(labels)] == []
    assert found["smallest"] >= 9.5
    assert set(found["hidden"]) <= {1}


def test_the_dark_scheme_has_light_letters(measured, tmp_path):
    dark = opened(tmp_path, {"dark": (render(samples.usual()), 1280)}, "--blink-settings=preferredColorScheme=0")
    assert measured["usual 1280"]["ink"] == "rgb(26, 32, 41)"
    assert dark["dark"]["ink"] == "rgb(231, 234, 239)"


def test_it_prints(tmp_path):
    file, paper = tmp_path / "page.html", tmp_path / "page.pdf"
    file.write_text(render(samples.long_history()))
    chromium(tmp_path, f"--print-to-pdf={paper}", "--no-pdf-header-footer", f"file://{file}")
    body = paper.read_bytes()
    assert body.startswith(b"%PDF")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", body)) <= 9
