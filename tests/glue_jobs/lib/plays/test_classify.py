"""Each verdict: which plays get it, and which similar plays get another."""

from datetime import UTC, date, datetime

import pytest

from glue_jobs.lib.plays import classify as plays
from glue_jobs.lib.rows.verdicts import with_first_verdict
from glue_jobs.lib.run.spans import Span

pytestmark = pytest.mark.spark

UNDECIDED = {"rejected": (), "window": None, "time_field": "listen_time"}

NOON = datetime(2024, 6, 25, 12, tzinfo=UTC)
SIFTED = "file_id int, user_id bigint, track_id string, listen_time timestamp, raw string"
STORED = (
    "user_id bigint, track_id string, listen_time timestamp, state string, source_file string, reason string,"
    " first_seen timestamp"
)


@pytest.fixture
def sifted(spark):
    base = {"file_id": 0, "user_id": 1, "track_id": "t1", "listen_time": NOON, "raw": None}

    def build(*overrides):
        return spark.createDataFrame([tuple({**base, **override}.values()) for override in overrides], SIFTED)

    return build


@pytest.fixture
def classify(spark, sifted):
    def run(*overrides, stored=(), users=((1, None),), tracks=("t1",), **decisions):
        base = {"user_id": 1, "track_id": "t1", "listen_time": NOON, "state": "existing"}
        order = ["user_id", "track_id", "listen_time", "state", "source_file", "reason", "first_seen"]
        held = [tuple({**base, **row}.get(name) for name in order) for row in stored]
        frame = plays.classify(
            with_first_verdict(sifted(*overrides), **UNDECIDED | decisions),
            spark.createDataFrame(held, STORED) if held else None,
            spark.createDataFrame(users, "user_id bigint, created_at date"),
            spark.createDataFrame(
                [(track, number, 7) for number, track in enumerate(tracks)], "track_id string, track int, genre int"
            ),
        )
        assert frame.columns == list(plays.CLASSIFIED)
        return frame.collect()

    return run


def verdicts(rows):
    return sorted((row.verdict, row.file_id) for row in rows if not row.is_stored)


def stored_verdicts(rows):
    return [row.verdict for row in rows if row.is_stored]


def describe_first_verdicts():
    def it_loads_a_good_play(classify):
        (row,) = classify({})
        assert (row.verdict, row.track, row.genre, row.unknown_track_id) == ("loaded", 0, 7, None)
        assert not row.before_signup

    def it_quarantines_rows_in_error_and_every_row_of_a_rejected_file(sifted):
        rows = sifted({"raw": "12abc,t1,x", "user_id": None}, {"file_id": 3}, {"file_id": 4})
        decided = with_first_verdict(rows, **UNDECIDED | {"rejected": [3]})
        assert [(row.file_id, row.verdict) for row in decided.collect()] == [
            (0, "quarantined"),
            (3, "quarantined"),
            (4, None),
        ]

    def it_judges_only_rows_without_a_verdict(classify):
        assert verdicts(classify({"raw": "12abc,t1,x"}, {"file_id": 1})) == [("loaded", 1)]

    def it_leaves_out_what_a_backfill_is_not_about(sifted):
        days = [datetime(2024, 6, day, 23, 59, 59, 999999, tzinfo=UTC) for day in (23, 24, 25, 26)]
        window = Span(date(2024, 6, 24), date(2024, 6, 25))
        rows = with_first_verdict(sifted(*({"listen_time": day} for day in days)), **UNDECIDED | {"window": window})
        assert [(row.listen_time.day, row.verdict) for row in rows.collect()] == [
            (23, "out_of_window"),
            (24, None),
            (25, None),
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
    def it_lets_the_play_wait(classify, users, tracks, reason):
        found = classify({}, {"file_id": 1}, users=users, tracks=tracks)
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
        assert (resolved.verdict, resolved.source_file) == ("loaded", "streams/old.csv")
        assert verdicts(rows) == [("repeated", 0)]

    def it_does_not_load_what_is_loaded(classify):
        rows = classify({}, stored=[{}, waited | {"state": "resolved"}])
        assert sorted(stored_verdicts(rows)) == ["already_loaded", "existing"]
        assert verdicts(rows) == [("already_loaded", 0)]

    def it_gives_them_up_with_their_key_as_the_raw_line(spark, classify):
        (row,) = classify({"raw": "no"}, stored=[waited | {"state": "expired"}])
        assert (row.verdict, row.is_stored, row.source_file) == ("quarantined", True, "streams/old.csv")
        expired = [(row.user_id, "t1", row.listen_time, row.first_seen, row.source_file, row.reason)]
        kept = plays.given_up(
            spark.createDataFrame(
                expired,
                "user_id bigint, track_id string, listen_time timestamp, first_seen timestamp, source_file string,"
                " reason string",
            )
        )
        (given_up,) = kept.collect()
        assert (given_up.raw, given_up.listen_time_text) == ("1,t1,2024-06-25 12:00:00", "2024-06-25 12:00:00")
        assert [tuple(error) for error in given_up._errors] == [
            ("pending_expired", None, "track_unknown: waited since 2024-06-01 00:00:00")
        ]

    def it_takes_a_given_up_play_that_comes_again_as_new(classify):
        rows = classify({}, stored=[waited | {"state": "expired"}], tracks=[])
        assert (verdicts(rows), stored_verdicts(rows)) == ([("pending_after", 0)], ["quarantined"])

    def it_keeps_those_whose_reason_changed(classify):
        rows = classify({}, stored=[waited | {"state": "relabelled", "reason": "user_unknown"}])
        assert (verdicts(rows), stored_verdicts(rows)) == ([("repeated", 0)], ["relabelled"])
