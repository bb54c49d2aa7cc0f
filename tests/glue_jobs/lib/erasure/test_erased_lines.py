"""Which lines are a user's: by the user field where it can be trusted, by any cell where it cannot."""

import pytest

from glue_jobs.lib.contracts.music import STREAM_FILES, USER_FILES
from glue_jobs.lib.contracts.sparkify import LOG_DATA
from glue_jobs.lib.erasure.lines import UserLines

PLAYS = UserLines(STREAM_FILES, {42}, "track_id,user_id,listen_time")
PEOPLE = UserLines(USER_FILES, {42}, "user_id,user_name,user_age,user_country,created_at")
HEADLESS = UserLines(USER_FILES, {42})
EVENTS = UserLines(LOG_DATA, {42})


@pytest.mark.parametrize(
    "line",
    [
        "t1,42,2024-06-25 10:00:00",
        't1," 42 ",2024-06-25 10:00:00',
        "t1,042,not a time",
        "t1,42.0,2024-06-25 10:00:00",
        '"a, ""b""",42,2024-06-25 10:00:00',
        "t1,42,2024-06-25 10:00:00,one cell too many",
        "42,t1",
        "t1,,42",
        't1,"42,2024-06-25 10:00:00',
    ],
)
def test_a_play_of_the_user(line):
    assert PLAYS.holds(line.encode())


@pytest.mark.parametrize(
    "line",
    [
        "t42,7,2024-06-25 10:00:00",
        "42,7,2024-06-25 10:00:00",
        "t1,142,2024-06-25 10:00:42",
        "t1,421,2024-06-25 10:00:00",
        "t1,-7,42 o'clock",
        '"42,42",7,2024-06-25 10:00:00',
    ],
)
def test_a_play_of_another(line):
    assert not PLAYS.holds(line.encode())


def test_the_age_of_another_is_not_the_users_id():
    assert not PEOPLE.holds(b"7,Bob,42,Spain,2024-01-01")
    assert PEOPLE.holds(b"7 Bob,42,Spain,2024-01-01")


def test_without_a_header_any_cell_counts():
    assert HEADLESS.holds(b"42,Ann,30,France,2024-01-01")
    assert HEADLESS.holds(b"7,Bob,42,Spain,2024-01-01")
    assert not HEADLESS.holds(b"7,Bob at 42 Main St,30,Spain,2024-01-01")


@pytest.mark.parametrize(
    "line",
    [
        '{"userId": "42", "firstName": "Ann"}',
        '{"userId":42,"firstName":"Ann"}',
        '\ufeff{"userId":"42"}',
        '{"userId":"\\u0034\\u0032"}',
        '{"userId":"42","userId":"7"}',
        '{"userId":"42","firstName":"Ann"',
        "{'userId': '42'}",
        '[{"userId":"7"},{"userId":"42"}]',
        '{"v":{"userId":"42"}}',
    ],
)
def test_an_event_of_the_user(line):
    assert EVENTS.holds(line.encode())


@pytest.mark.parametrize(
    "line",
    [
        '{"userId":"7","sessionId":42,"itemInSession":42}',
        '{"userId":"","sessionId":42}',
        '{"userId":"421"}',
        '{"userId":"4.2","song":"userId: 7"}',
        '{"userId":"421","song":"42"',
        '["42"]',
    ],
)
def test_an_event_of_another(line):
    assert not EVENTS.holds(line.encode())


@pytest.mark.parametrize(
    ("row", "is_users"),
    [
        (("t1,42,soon", "42", {"listen_time_no_timestamp"}), True),
        (("t1,7,soon", "7", {"listen_time_no_timestamp"}), False),
        (("42,t1", "t1", {"ragged_row", "user_id_not_a_number"}), True),
        (("t1,7,42,x", "7", {"ragged_row"}), True),
        (("t1,x,soon", "x", {"user_id_not_a_number"}), False),
    ],
)
def test_a_row_of_the_quarantine(row, is_users):
    assert PLAYS.holds_row(*row) is is_users
