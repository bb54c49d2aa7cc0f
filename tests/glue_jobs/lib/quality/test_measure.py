"""Checks: when they hold, what their messages say, and SQL that Redshift can unload."""

import json
import re

import pytest
import sqlglot
from sqlglot import exp

from glue_jobs.lib.contracts.books import DATA_QUALITY_RESULTS
from glue_jobs.lib.contracts.tables import MUSIC_TABLES
from glue_jobs.lib.quality import measure, suites
from glue_jobs.lib.quality.measure import Check, at_least, at_most, same_as
from glue_jobs.lib.run.errors import ConfigError, QualityError
from tests.glue_jobs.lib.configs import STARTED

CHECKS = suites.get_suite(["streams"]).checks
NARROW = [check for check in measure.narrowed(CHECKS, {check.name: STARTED for check in CHECKS}) if check not in CHECKS]
SELECT = "SELECT 1 AS observed"


def judge_one(check, observed, **others):
    return measure.judge([check], {check.name: observed} | others)[0]


def describe_expectations():
    @pytest.mark.parametrize(
        ("expected", "observed", "outcome"),
        [
            (measure.ZERO, 0.0, "passed"),
            (measure.ZERO, 1.0, "failed"),
            (at_least(1), 0.0, "failed"),
            (at_least(1), 1.0, "passed"),
            (at_most(36), 36.5, "failed"),
            (at_most(36), None, "failed"),
            (at_most(36), float("nan"), "failed"),
            (same_as("other"), 7.0, "passed"),
            (same_as("other"), 8.0, "failed"),
        ],
    )
    def it_compares(expected, observed, outcome):
        assert judge_one(Check("c", "error", SELECT, expected), observed, other=7.0).outcome == outcome

    def it_names_check_observed_and_expected_value_and_the_remedy():
        result = judge_one(Check("plays_sum", "error", SELECT, same_as("rows"), "recompute"), 5.0, rows=7.0)
        assert result.message == "plays_sum: observed 5, expected 7 (as rows) (recompute)"


def describe_raise_on_errors():
    def it_fails_the_run_for_errors_only():
        warning = judge_one(Check("w", "warn", SELECT), 1.0)
        measure.raise_on_errors([warning])
        with pytest.raises(QualityError, match=r"1 of the published .* e: observed 2, expected at most 0"):
            measure.raise_on_errors([warning, judge_one(Check("e", "error", SELECT), 2.0)])


def describe_results():
    results = measure.judge([Check("good", "error", SELECT), Check("bad", "warn", SELECT)], {"good": 0.0, "bad": 1.0})

    def it_makes_rows_in_the_tables_order():
        rows = measure.result_rows(results, run_id="jr_1", checked_at=STARTED)
        named = dict(zip(DATA_QUALITY_RESULTS.column_names, rows[1], strict=True))
        assert (named["check_name"], named["outcome"], named["observed"]) == ("bad", "failed", 1.0)

    def it_reports_failures_first():
        report = measure.report(results, run_id="jr_1", checked_at=STARTED)
        assert (report["outcome"], report["errors"], report["warnings"]) == ("passed", 0, 1)
        assert [item["name"] for item in report["results"]] == ["bad", "good"]
        json.dumps(report)


def describe_the_suite():
    def it_is_found_by_dataset_and_says_what_it_knows():
        assert suites.get_suite(["users", "songs", "streams"]).publisher == "music"
        assert suites.get_suite(["song_data"]).publisher == "sparkify"
        with pytest.raises(ConfigError, match="no checks for --datasets weather; it takes any of: users, songs, "):
            suites.get_suite(["weather"])

    def it_has_unique_names_that_others_refer_to():
        names = [check.name for check in CHECKS]
        assert len(set(names)) == len(names)
        assert {check.expected.other for check in CHECKS if check.expected.other} <= set(names)

    def it_checks_the_keys_of_every_table():
        names = {check.name for check in CHECKS}
        assert {f"{table.name}_keys_{what}" for table in MUSIC_TABLES for what in ("unique", "present")} <= names

    @pytest.mark.parametrize("check", [*CHECKS, *NARROW], ids=lambda check: check.name)
    def it_is_made_of_selects_of_one_number(check):
        assert "{since}" not in check.sql
        tree = sqlglot.parse_one(check.sql.replace("{now}", "0"), read="redshift")
        assert isinstance(tree, exp.Select)
        assert [column.alias for column in tree.expressions] == ["observed"]
        assert all(isinstance(limit.parent.parent, exp.Subquery) for limit in tree.find_all(exp.Limit))
        assert not list(tree.find_all(exp.Exists))

    def it_is_measured_by_one_query():
        sql = measure.measure(CHECKS, now=STARTED)
        assert len(sqlglot.parse(sql, read="redshift")) == 1
        assert not re.search(r"[;\n]|\{now\}", sql)
