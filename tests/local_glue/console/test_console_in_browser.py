"""The console in a browser: at phones' and large screens' widths, in both schemes, live, and without a complaint.

Chromium is not a dependency: without one these tests are left out, which the summary says.
"""

import pytest
from endpoint_support import FIRST

from local_glue.console import PREFIX
from tests.local_glue.console.chromium import CHROMIUM, Browser
from tests.local_glue.console.conftest import SLOW

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(CHROMIUM is None, reason="NOT TESTED: the console in a browser; Chromium is not installed"),
]

WIDTHS = (360, 1280, 1920)
OUTSIDE = """
(() => {
  const wide = document.documentElement.clientWidth;
  return [...document.querySelectorAll("body *")]
    .filter(box => !box.closest(".scroll, .skip, .unseen, thead, svg, option, pre"))
    .filter(box => box.getBoundingClientRect().right > wide + 1)
    .map(box => box.tagName + "." + box.className);
})()
"""
CONTRAST = """
(() => {
  const part = value => { value /= 255; return value <= .03928 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
  const colour = text => text.match(/[\\d.]+/g).map(Number);
  const ground = box => {
    for (; box; box = box.parentElement) {
      const found = colour(getComputedStyle(box).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *:not(svg *)")]
    .filter(box => [...box.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .map(box => {
      const [one, other] = [light(colour(getComputedStyle(box).color)), light(ground(box))].sort((a, b) => b - a);
      return [(one + .05) / (other + .05), `${box.tagName}.${box.className} ${box.textContent.trim().slice(0, 30)}`];
    })
    .filter(([ratio]) => ratio < 4.5);
})()
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("browser"))
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def addresses(visitor):
    """Pages with something on each of them: a finished run with a report, files, tables, long names."""
    visitor.stack.refresh_code()
    run = visitor.stack.run_workflow("shop", {"note": "w" * 90})
    job_run = visitor.stack.run_job("first", {"--" + "k" * 70: "v" * 300})
    visitor.s3.put_object(Bucket="landing", Key=f"reports/{run['WorkflowRunId']}.html", Body=b"<h1>A report</h1>")
    visitor.s3.put_object(Bucket="landing", Key="wide/" + "n" * 200 + ".txt", Body=b"long " * 500 + b"w" * 3000)
    with visitor.stack.connect() as warehouse:
        warehouse.execute(f"CREATE TABLE IF NOT EXISTS public.{'t' * 60} (a int, {'c' * 60} text)")
    pages = {
        "home": "/",
        "workflow": "/workflow?name=shop",
        "run": f"/run?workflow=shop&id={run['WorkflowRunId']}",
        "jobs": "/jobs",
        "job": "/job?name=first",
        "job run": f"/job/run?job=first&id={job_run['Id']}",
        "bookmarks": "/bookmarks",
        "files": "/files",
        "bucket": "/bucket?name=landing&prefix=wide/",
        "object": "/object?bucket=landing&key=wide/" + "n" * 200 + ".txt",
        "database": "/database?name=warehouse&sql=SELECT%201",
        "missing": "/workflow?name=absent",
    }
    return {name: f"{visitor.stack.endpoint_url}{PREFIX}{path}" for name, path in pages.items()}


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_window_and_none_complains(browser, addresses, width):
    for name, url in addresses.items():
        browser.open(url, width, dark=width == WIDTHS[0])
        found = browser.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
        assert found == [width, width], name
        assert browser.evaluate(OUTSIDE) == [], name
        complaints = [one for one in browser.problems() if name != "missing" or "404" not in str(one)]
        assert complaints == [], name
        assert browser.evaluate(CONTRAST) == [], name


def test_letters_are_dark_on_light_and_light_on_dark(browser, addresses):
    ink = "getComputedStyle(document.body).color"
    browser.open(addresses["home"], 1280)
    assert browser.evaluate(ink) == "rgb(26, 32, 41)"
    browser.open(addresses["home"], 1280, dark=True)
    assert browser.evaluate(ink) == "rgb(231, 234, 239)"


def test_a_run_is_started_followed_and_stopped_without_loading_a_page_again(browser, addresses, visitor):
    visitor.script("first", SLOW)
    try:
        browser.open(addresses["workflow"], 1280)
        browser.evaluate("document.querySelector('form button').click()")
        browser.until(lambda: browser.evaluate("location.pathname").endswith("/run"), 60)
        browser.evaluate("window.sameDocument = true")
        browser.until(lambda: "begun" in browser.evaluate("document.querySelector('#log').textContent"), 60)
        assert browser.evaluate("window.sameDocument") is True
        assert "RUNNING" in browser.evaluate("document.querySelector('.graph').textContent")
        browser.evaluate("document.querySelector('#stop').click()")
        browser.until(lambda: "STOPPED" in browser.evaluate("document.querySelector('h1')?.textContent || ''"), 60)
        browser.until(lambda: browser.evaluate("document.querySelector('#top').dataset.live") == "off", 60)
        assert browser.problems() == []
    finally:
        visitor.script("first", FIRST)


def test_a_query_is_sent_with_the_keyboard(browser, addresses):
    browser.open(addresses["database"], 1280)
    browser.evaluate("document.querySelector('#sql').focus()")
    for kind in ("keyDown", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", modifiers=2)
    browser.until(lambda: "1 row" in browser.evaluate("document.body?.textContent || ''"))
    assert browser.problems() == []
