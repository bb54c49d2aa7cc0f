"""Each verdict: which plays get it, and which similar plays get another."""

from datetime import UTC, date, datetime

import pytest

from glue_jobs.lib.plays import classify as plays
from glue_jobs.lib.rows.rule import ERRORS_TYPE
from glue_jobs.lib.rows.verdicts import with_first_verdict
from glue_jobs.lib.run.spans import Span

pytestmark = pytest.mark.spark

UNDECIDED = {"rejected": (), "window": None, "time_field": "listen_time"}

NOON = datetime(2024, 6, 25, 12, tzinfo=UTC)
CHECKED = (
    "raw string, file_id int, user_id_text string, track_id_text string, listen_time_text string, user_id bigint,"
    f" track_id string, listen_time timestamp, _errors {ERRORS_TYPE}"
)
STORED = (
    "user_id bigint, track_id string, listen_time timestamp, state string, source_file string, reason string,"
    " first_seen timestamp"
)
BAD = [("user_id_invalid", "user_id", "no")]


@pytest.fixture
def checked(spark):
    base = {"raw": "1,t1,x", "file_id": 0, "user_id": 1, "track_id": "t1", "listen_time": NOON, "_errors": []}
    order = ["raw", "file_id", "user_id_text", "track_id_text", "listen_time_text", "user_id", "track_id"]
    order += ["listen_time", "_errors"]

    def build(*overrides):
        return spark.createDataFrame([tuple({**base, **o}.get(name) for name in order) for o in overrides], CHECKED)

    return build


@pytest.fixture
def classify(spark, checked):
    def run(*overrides, stored=(), users=((1, None),), tracks=("t1",), **decisions):
        base = {"user_id": 1, "track_id": "t1", "listen_time": NOON, "state": "existing"}
        order = ["user_id", "track_id", "listen_time", "state", "source_file", "reason", "first_seen"]
        held = [tuple({**base, **row}.get(name) for name in order) for row in stored]
        rows = with_first_verdict(checked(*overrides), **UNDECIDED | decisions)
        return plays.classify(
            rows,
            spark.createDataFrame(held, STORED),
            spark.createDataFrame(users, "user_id bigint, created_at date"),
            spark.createDataFrame([(track,) for track in tracks], "track_id string"),
        ).collect()

    return run


def verdicts(rows):
    return sorted((row.verdict, row.file_id) for row in rows if not row.is_stored)


def stored_verdicts(rows):
    return [row.verdict for row in rows if row.is_stored]


def describe_first_verdicts():
    def it_loads_a_good_play(classify):
        (row,) = classify({})
        assert (row.verdict, row.raw, row._errors, row.before_signup) == ("loaded", None, [], False)

    def it_quarantines_rows_in_error_with_all_they_held(classify):
        (row,) = classify({"_errors": BAD, "user_id": None, "user_id_text": "12abc", "raw": "12abc,t1,x"})
        assert (row.verdict, row.raw, row.user_id_text) == ("quarantined", "12abc,t1,x", "12abc")
        assert [error.rule for error in row._errors] == ["user_id_invalid"]

    def it_quarantines_every_row_of_a_rejected_file_for_that_reason_too(classify):
        rows = classify({"file_id": 3, "_errors": BAD}, {"file_id": 3}, {"file_id": 4}, rejected=[3])
        assert verdicts(rows) == [("loaded", 4), ("quarantined", 3), ("quarantined", 3)]
        assert sorted([error.rule for error in row._errors] for row in rows) == [
            [],
            ["reject_rate_exceeded"],
            ["user_id_invalid", "reject_rate_exceeded"],
        ]
        (clean,) = [row for row in rows if len(row._errors) == 1]
        assert (clean.user_id_text, clean.track_id_text, clean.raw) == ("1", "t1", "1,t1,x")

    def it_leaves_out_what_a_backfill_is_not_about(classify):
        days = [datetime(2024, 6, day, 23, 59, 59, 999999, tzinfo=UTC) for day in (23, 24, 25, 26)]
        window = Span(date(2024, 6, 24), date(2024, 6, 25))
        rows = classify(*({"listen_time": day} for day in days), window=window)
        assert sorted((row.listen_time.day, row.verdict) for row in rows) == [
            (23, "out_of_window"),
            (24, "loaded"),
            (25, "loaded"),
            (26, "out_of_window"),
        ]


def describe_copies():
    def it_loads_the_copy_of_the_first_file_only(classify):
        assert verdicts(classify({"file_id": 2}, {"file_id": 1}, {"file_id": 1})) == [
            ("loaded", 1),
            ("repeated", 1),
            ("repeated", 2),
        ]

    def it_tells_plays_apart_by_microsecond_user_and_track(classify):
        rows = classify(
            {},
            {"listen_time": NOON.replace(microsecond=1)},
            {"user_id": 2},
            {"track_id": "t2"},
            users=[(1, None), (2, None)],
            tracks=["t1", "t2"],
        )
        assert {row.verdict for row in rows} == {"loaded"}

    def it_knows_what_the_warehouse_has(classify):
        rows = classify({"file_id": 1}, {"file_id": 2}, stored=[{}])
        assert verdicts(rows) == [("already_loaded", 1), ("already_loaded", 2)]
        assert stored_verdicts(rows) == ["existing"]

    def it_knows_what_waits_already(classify):
        rows = classify({}, stored=[{"state": "waiting"}], tracks=["t2"])
        assert (verdicts(rows), stored_verdicts(rows)) == ([("repeated", 0)], [])


def describe_unknown_users_and_tracks():
    @pytest.mark.parametrize(
        ("users", "tracks", "reason"),
        [
            ([], ["t1"], "user_unknown"),
            ([(1, None)], [], "track_unknown"),
            ([], [], "user_and_track_unknown"),
        ],
    )
    def it_lets_the_play_wait(spark, checked, users, tracks, reason):
        rows = with_first_verdict(checked({}, {"file_id": 1}), **UNDECIDED)
        found = plays.classify(
            rows,
            spark.createDataFrame([], STORED),
            spark.createDataFrame(users, "user_id bigint, created_at date"),
            spark.createDataFrame([(track,) for track in tracks], "track_id string"),
        ).collect()
        assert verdicts(found) == [("pending_after", 0), ("repeated", 1)]
        assert {row.reason for row in found} == {reason}

    def it_warns_of_plays_before_sign_up(classify):
        rows = classify({}, {"user_id": 2}, users=[(1, date(2024, 6, 26)), (2, date(2024, 6, 25))])
        assert sorted((row.user_id, row.verdict, row.before_signup) for row in rows) == [
            (1, "loaded", True),
            (2, "loaded", False),
        ]


def describe_plays_that_waited():
    waited = {
        "reason": "track_unknown",
        "source_file": "streams/old.csv",
        "first_seen": datetime(2024, 6, 1, tzinfo=UTC),
    }

    def it_loads_them_once_they_can_be(classify):
        rows = classify({}, stored=[waited | {"state": "resolved"}])
        (resolved,) = [row for row in rows if row.is_stored]
        assert (resolved.verdict, resolved.source_file, resolved.raw) == ("loaded", "streams/old.csv", None)
        assert verdicts(rows) == [("repeated", 0)]

    def it_does_not_load_what_is_loaded(classify):
        rows = classify({}, stored=[{}, waited | {"state": "resolved"}])
        assert sorted(stored_verdicts(rows)) == ["already_loaded", "existing"]
        assert verdicts(rows) == [("already_loaded", 0)]

    def it_gives_them_up_with_their_key_as_the_raw_line(classify):
        (row,) = classify({"_errors": BAD, "file_id": 9}, stored=[waited | {"state": "expired"}])[1:]
        assert (row.verdict, row.is_stored, row.source_file) == ("quarantined", True, "streams/old.csv")
        assert (row.raw, row.listen_time_text) == ("1,t1,2024-06-25 12:00:00", "2024-06-25 12:00:00")
        assert [tuple(error) for error in row._errors] == [
            ("pending_expired", None, "track_unknown: waited since 2024-06-01 00:00:00")
        ]

    def it_takes_a_given_up_play_that_comes_again_as_new(classify):
        rows = classify({}, stored=[waited | {"state": "expired"}], tracks=[])
        assert (verdicts(rows), stored_verdicts(rows)) == ([("pending_after", 0)], ["quarantined"])

    def it_keeps_those_whose_reason_changed(classify):
        rows = classify({}, stored=[waited | {"state": "relabelled", "reason": "user_unknown"}])
        assert (verdicts(rows), stored_verdicts(rows)) == ([("repeated", 0)], ["relabelled"])


def describe_the_frame():
    def it_has_the_declared_columns(spark, checked):
        rows = with_first_verdict(checked({}), **UNDECIDED)
        found = plays.classify(
            rows,
            spark.createDataFrame([], STORED),
            spark.createDataFrame([], "user_id bigint, created_at date"),
            spark.createDataFrame([], "track_id string"),
        )
        assert dict(found.dtypes) == {
            name: kind.replace(": ", ":").replace(", ", ",") for name, kind in plays.CLASSIFIED.items()
        }
