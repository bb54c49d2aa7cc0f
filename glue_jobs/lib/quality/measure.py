"""Checks of the published warehouse: measures all at once, and reports the results; `suites` lists the checks."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from glue_jobs.lib.contracts.books import DATA_QUALITY_RESULTS
from glue_jobs.lib.run.errors import QualityError
from glue_jobs.lib.warehouse import sql

HOURS_SINCE_PUBLISH = "hours_since_publish"
PASSED = "check_name string, seen_until double"


@dataclass(frozen=True)
class Expectation:
    """What a number should be: at least or at most a limit, or the same as another check's number."""

    kind: Literal["at_least", "at_most", "same_as"]
    limit: float = 0
    other: str = ""

    def holds(self, observed: float | None, measured: Mapping[str, float | None]) -> bool:
        """Whether `observed` is as expected; a number that could not be measured (NULL) is not."""
        if observed is None or math.isnan(observed):
            return False
        if self.kind == "same_as":
            return observed == measured.get(self.other)
        return observed >= self.limit if self.kind == "at_least" else observed <= self.limit

    def describe(self, measured: Mapping[str, float | None]) -> str:
        """The expectation in words, with the other check's number."""
        if self.kind == "same_as":
            return f"{number(measured.get(self.other))} (as {self.other})"
        return f"{self.kind.replace('_', ' ')} {number(self.limit)}"


ZERO = Expectation("at_most", 0)


def at_least(limit: float) -> Expectation:
    """Expects `limit` or more."""
    return Expectation("at_least", limit)


def at_most(limit: float) -> Expectation:
    """Expects `limit` or less."""
    return Expectation("at_most", limit)


def same_as(check: str) -> Expectation:
    """Expects the number that `check` observed."""
    return Expectation("same_as", other=check)


@dataclass(frozen=True)
class Check:
    """One number of the published warehouse and what it should be.

    Attributes:
        sql: A SELECT of one row and one number called `observed`; no LIMIT of its own and no correlated subquery
            (UNLOAD runs it). `{now}` stands for the run's start in seconds since 1970.
        hint: What to do when it fails.
        narrow: The same of what loads touched from `{since}` on, where what the check looks at grows with the history.
    """

    name: str
    severity: Literal["error", "warn"]
    sql: str
    expected: Expectation = ZERO
    hint: str = ""
    narrow: str = ""


@dataclass(frozen=True)
class Result:
    """A check's outcome."""

    name: str
    severity: str
    outcome: Literal["passed", "failed"]
    observed: float | None
    expected: str
    message: str


def passed(*, now: datetime) -> str:
    """A SELECT of check_name and seen_until: the last publish that the check saw, if it passed then, in this week.

    Publishes of one publisher follow each other (`sql.fence`), and each reads the clock after the one before it ended:
    rows that a check did not see were loaded later than the publish that it saw. A check that failed, and all in the
    first run of a week (UTC), are not among them.
    """
    monday = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=now.weekday())
    results = DATA_QUALITY_RESULTS.full_name
    return (
        "SELECT c.check_name, MAX(FLOOR(EXTRACT(EPOCH FROM c.checked_at)) - p.observed * 3600.0) AS seen_until "
        f"FROM {results} AS c JOIN {results} AS p ON p.run_id = c.run_id AND p.check_name = '{HOURS_SINCE_PUBLISH}' "
        f"WHERE c.checked_at >= {sql.timestamp(monday)} AND p.observed IS NOT NULL GROUP BY c.check_name "
        "HAVING MAX(CASE WHEN c.outcome = 'passed' THEN c.checked_at END) = MAX(c.checked_at)"
    )


def seen_until(rows: Iterable[tuple[str, float]]) -> dict[str, datetime]:
    """The time of the last publish that each check has seen, given the rows of `passed`."""
    return {name: datetime.fromtimestamp(seconds, UTC) for name, seconds in rows}


def narrowed(checks: Iterable[Check], seen: Mapping[str, datetime]) -> list[Check]:
    """The checks, of which those in `seen_until` look only at what loads touched since."""
    return [
        replace(check, sql=check.narrow.replace("{since}", sql.timestamp(seen[check.name])))
        if check.narrow and check.name in seen
        else check
        for check in checks
    ]


def measure(checks: Sequence[Check], *, now: datetime) -> str:
    """One SELECT for all checks: check_name, observed."""
    seconds = str(int(now.timestamp()))
    return " UNION ALL ".join(
        f"SELECT {sql.literal(check.name)} AS check_name, CAST(c{index}.observed AS DOUBLE PRECISION) AS observed "
        f"FROM ({check.sql.replace('{now}', seconds)}) AS c{index}"
        for index, check in enumerate(checks)
    )


def judge(checks: Sequence[Check], measured: Mapping[str, float | None]) -> list[Result]:
    """Each check's outcome, given what was observed."""
    return [_judge(check, measured) for check in checks]


def result_rows(results: Iterable[Result], *, run_id: str, checked_at: datetime) -> list[tuple[Any, ...]]:
    """Rows of `data_quality_results`, in its column order."""
    return [
        (run_id, item.name, item.outcome, item.observed, item.expected, item.severity, item.message, checked_at)
        for item in results
    ]


def report(results: Sequence[Result], *, run_id: str, checked_at: datetime) -> dict[str, Any]:
    """The report as JSON: a summary, then every check, failed ones first."""
    failed = [item for item in results if item.outcome == "failed"]
    ordered = sorted(results, key=lambda item: (item.outcome != "failed", item.severity != "error", item.name))
    return {
        "run_id": run_id,
        "checked_at": checked_at.isoformat(),
        "outcome": "failed" if any(item.severity == "error" for item in failed) else "passed",
        "checks": len(results),
        "errors": sum(item.severity == "error" for item in failed),
        "warnings": sum(item.severity == "warn" for item in failed),
        "results": [vars(item) for item in ordered],
    }


def raise_on_errors(results: Iterable[Result]) -> None:
    """Fails the run if its data breaks a check.

    Raises:
        QualityError: A check of severity `error` failed; names check, observed and expected value of each.
    """
    failed = [item for item in results if item.outcome == "failed" and item.severity == "error"]
    if failed:
        raise QualityError(
            f"{len(failed)} of the published warehouse's checks failed: {'; '.join(item.message for item in failed)}; "
            "the data stays published: see reports/quality/ and music.data_quality_results"
        )


def number(value: float | None) -> str:
    """A number as text for people."""
    if value is None:
        return "nothing"
    return str(int(value)) if float(value).is_integer() else f"{value:.6g}"


def _judge(check: Check, measured: Mapping[str, float | None]) -> Result:
    observed = measured.get(check.name)
    passed = check.expected.holds(observed, measured)
    expected = check.expected.describe(measured)
    message = "" if passed else f"{check.name}: observed {number(observed)}, expected {expected}"
    if message and check.hint:
        message += f" ({check.hint})"
    return Result(check.name, check.severity, "passed" if passed else "failed", observed, expected, message)
