"""The bands of a flow: no line is lost between files and outcomes."""

from dataclasses import replace

import pytest

from glue_jobs.lib.contracts.books import OUTCOMES, Count
from glue_jobs.lib.report.facts import ReportedRun
from glue_jobs.lib.report.flow import bands, flow
from tests.glue_jobs.lib.report import samples


@pytest.fixture
def facts():
    files = [samples.file(f"streams/{at}.csv", read=100 * (at + 1), quarantined=at, pending=at) for at in range(12)]
    read = sum(item.counts[Count.READ] for item in files)
    counts = {count: sum(item.counts[count] for item in files) for count in Count}
    counts |= {Count.PENDING_BEFORE: 40, Count.LOADED: counts[Count.LOADED] + 30, Count.READ: read}
    counts |= {Count.PENDING_AFTER: counts[Count.PENDING_AFTER] + 10}
    job = samples.job("load_streams", samples.NOW, 20, counts, rules={"ragged_row": 60, "nul_byte": 6})
    return replace(samples.usual(), runs=[ReportedRun("wr", (job,))], files=files, file_sums=samples.sums(files))


def by(found, side):
    totals = {}
    for band in found:
        name = getattr(band, side).name
        totals[name] = totals.get(name, 0) + band.lines
    return totals


@pytest.mark.parametrize(("files", "reasons"), [(9, 7), (0, 0), (3, 1), (99, 99)])
def test_every_line_flows(facts, files, reasons):
    counts = facts.run.counts
    found = bands(facts, files, reasons)
    assert sum(band.lines for band in found) == pytest.approx(sum(counts[count] for count in OUTCOMES))
    assert by(found, "outcome")["Loaded"] == counts[Count.LOADED]


def test_files_that_are_not_named_share_a_source(facts):
    sources = by(bands(facts, 9, 7), "source")
    assert sources["3 other files of streams"] == 100 + 200 + 300
    assert sources["Waiting from before"] == 40


def test_reasons_that_are_not_named_share_an_outcome(facts):
    outcomes = by(bands(facts, 9, 1), "outcome")
    assert "ragged row" in outcomes
    assert "Quarantined" not in outcomes


def test_a_run_of_nothing_has_no_flow():
    assert flow(samples.nothing()) is None
    quiet = samples.job("load_streams", samples.NOW, 3, samples.counts(0))
    assert flow(replace(samples.usual(), runs=[ReportedRun("wr", (quiet,))], files=[], file_sums=[])) is None
