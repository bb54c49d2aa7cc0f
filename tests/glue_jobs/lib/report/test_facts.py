"""Facts from rows, and numbers as people read them."""

from datetime import UTC, date, datetime

import pytest

from docs import costs
from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.report import proof_cards, text
from glue_jobs.lib.report.facts import make_facts
from glue_jobs.lib.report.play_charts import cut, plays_by_day
from glue_jobs.lib.report.rows import NUMBERS, TEXTS, by_figure
from tests.glue_jobs.lib.report import samples


def answer(figure, texts=(), numbers=()):
    """A row of the warehouse's answer."""
    return (figure, *texts, *(None,) * (TEXTS - len(texts)), *numbers, *(None,) * (NUMBERS - len(numbers)))


def job(group, name, began, **given):
    measures = given.pop("measures", '{"spark": {"jobs": 3}}')
    return answer("runs", (group, name, '{"ragged_row": 2}', None, measures), (began, 1500.0, 2.0, 0.0, 10.0, 8.0))


def describe_make_facts():
    def it_groups_jobs_by_their_workflow_run_and_puts_the_latest_last():
        rows = by_figure([job("wr_2", "b", 500.0), job("wr_1", "a", 100.0), job("wr_2", "a", 400.0)])
        facts = make_facts(rows, [], workflow="streams", made_at=samples.NOW)
        assert [(run.run_id, [found.name for found in run.jobs]) for run in facts.runs] == [
            ("wr_1", ["a"]),
            ("wr_2", ["a", "b"]),
        ]
        assert facts.run.counts[Count.READ] == 20
        assert facts.run.rules == {"ragged_row": 4}
        assert facts.run.started_at == datetime.fromtimestamp(400, UTC)

    @pytest.mark.parametrize("measures", ["", '{"cut off', "[1]", '{"spark": "none"}', None])
    def it_takes_measures_that_are_none(measures):
        facts = make_facts(
            by_figure([job("wr_1", "a", 1.0, measures=measures)]), [], workflow="streams", made_at=samples.NOW
        )
        assert "Spark and cost" in proof_cards.work(facts)


def describe_cost():
    def it_has_the_price_of_docs():
        assert costs.P.glue_dpu_hour == proof_cards.DPU_HOUR
        assert costs.A.workers == proof_cards.WORKERS

    def it_is_a_minute_at_least():
        short, long = samples.job("a", samples.NOW, 5, {}), samples.job("a", samples.NOW, 3600, {})
        assert proof_cards.dollars(short) == pytest.approx(2 / 60 * 0.44)
        assert proof_cards.dollars(long) == pytest.approx(2 * 0.44)


def describe_time():
    @pytest.mark.parametrize(
        ("days", "each", "most"), [(1, "day", 1), (60, "day", 60), (100, "week", 16), (600, "month", 21)]
    )
    def it_is_cut_into_what_is_legible(days, each, most):
        last = date(2026, 11, 26)
        starts, found = cut(date.fromordinal(last.toordinal() - days + 1), last)
        assert (found, len(starts) <= most) == (each, True)
        assert starts[-1] <= last

    def it_counts_days_without_plays():
        chart = plays_by_day({date(2026, 1, 1): 5, date(2026, 1, 4): 7})
        assert [row[1] for row in chart.grid.rows] == ["7", "0", "0", "5"]

    def it_loses_no_play():
        plays = {date.fromordinal(date(2025, 1, 1).toordinal() + at): at for at in range(700)}
        assert sum(int(row[1].replace(",", "")) for row in plays_by_day(plays).grid.rows) == sum(range(700))


def describe_texts():
    def they_have_units():
        assert text.duration(0.25) == "250 ms"
        assert text.duration(185) == "3 min 05 s"
        assert text.size(2_650_720) == "2.7 MB"
        assert text.short(1250) == "1.25k"
        assert text.share(1, 5000) == "< 0.1%"
        assert text.share(4999, 5000) == "> 99.9%"
        assert text.change(-3) == "−3"

    def they_are_cut_in_the_middle():
        assert text.shortened("streams/2026/evening.csv", 12) == "stre…ing.csv"

    def they_have_no_controls():
        assert text.escaped("a\x00b\u202ec<\ud800>") == "a bc&lt; &gt;"
