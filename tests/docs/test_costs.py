"""docs/costs.md has the numbers of costs.py, and these agree with calculations by hand."""

import json
from pathlib import Path

import pytest

from docs import costs, prices

PAGE = Path(__file__).parents[2] / "docs" / "costs.md"


def test_the_page_is_up_to_date():
    page = PAGE.read_text(encoding="utf-8")
    assert page == costs.render(page), "make it anew: python -m docs.costs docs/costs.md"


def test_the_page_shows_each_table():
    page = PAGE.read_text(encoding="utf-8")
    assert all(table in page for table in costs.tables().values())


def test_a_run_without_data_costs_its_billed_minutes():
    # 8 minutes of 2 workers at $0.44, 3 at $0.29
    assert costs.glue(costs.A.streams, 0) / 30 == pytest.approx(8 / 60 * 2 * 0.44 + 3 / 60 * 2 * 0.29)
    # 5 minutes of 4 RPU at $0.375
    assert costs.redshift(costs.A.streams, 0) / 30 == pytest.approx(0.125)


def test_loading_costs_by_the_play():
    a_dpu_hour_of_plays = costs.A.plays_a_dpu_second * 3600
    checking = a_dpu_hour_of_plays * 50 / 50e6 / 3600 * 2 * 0.44
    more = costs.glue(costs.A.streams, a_dpu_hour_of_plays) - costs.glue(costs.A.streams, 0)
    assert more == pytest.approx(0.44 + checking)


def test_the_rate_of_the_load_is_the_measured_one(tmp_path, monkeypatch):
    def first(plays, *seconds):
        rounds = [{"engine": {"wall_s": wall_s}} for wall_s in seconds]
        return {"scenario": "first", "plays": plays, "machine": "2 cores (a CPU), 24 GB", "rounds": rounds}

    monkeypatch.setattr(prices, "RESULTS", tmp_path / "results.json")
    prices.RESULTS.write_text(json.dumps([first(1_000_000, 1), first(10_000_000, 400, 200, 100)]))
    assert prices.measured_rate() == 100_000  # 10 million in 200 s on half a DPU


def test_larger_months_cost_more_in_every_part_that_holds_data():
    months = [costs.month(size) for size in costs.SIZES]
    for part in ("Glue, streams", "Redshift, loads of streams", "Redshift, storage", "S3"):
        assert months[0][part] < months[1][part] < months[2][part]


def test_endpoints_and_gateways_are_compared_honestly():
    one_zone_nat = costs.HOURS * costs.P.nat_hour
    assert costs.network() > one_zone_nat
    assert 200 < (costs.network() - one_zone_nat) / costs.P.nat_gb < 300
