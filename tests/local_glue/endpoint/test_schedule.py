"""AWS schedule expressions."""

from datetime import UTC, datetime

import pytest

from local_glue.endpoint.schedule import ScheduleError, parse_schedule


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "yes", "no"),
    [
        ("cron(0 4 * * ? *)", "2024-06-25 04:00", "2024-06-25 04:01"),
        ("cron(0/15 * * * ? *)", "2024-06-25 07:45", "2024-06-25 07:44"),
        ("cron(5,35 8-10 * * ? *)", "2024-06-25 09:35", "2024-06-25 11:35"),
        ("cron(0 18 ? * MON-FRI *)", "2024-06-28 18:00", "2024-06-29 18:00"),
        ("cron(0 18 ? * 2-6 *)", "2024-06-24 18:00", "2024-06-23 18:00"),
        ("cron(0 18 ? * SUN *)", "2024-06-23 18:00", "2024-06-24 18:00"),
        ("cron(0 0 L * ? *)", "2024-02-29 00:00", "2024-02-28 00:00"),
        ("cron(0 0 1W * ? *)", "2024-06-03 00:00", "2024-06-01 00:00"),
        ("cron(0 0 LW * ? *)", "2024-06-28 00:00", "2024-06-30 00:00"),
        ("cron(0 0 ? * 6L *)", "2024-06-28 00:00", "2024-06-21 00:00"),
        ("cron(0 0 ? * MON#1 *)", "2024-06-03 00:00", "2024-06-10 00:00"),
        ("cron(0 0 1 JAN,JUL ? 2024-2025)", "2025-07-01 00:00", "2026-07-01 00:00"),
        ("cron(0 22-2 * * ? *)", "2024-06-25 01:00", "2024-06-25 03:00"),
    ],
)
def test_matches(schedule, yes, no):
    assert parse_schedule(schedule).matches(at(yes))
    assert not parse_schedule(schedule).matches(at(no))


@pytest.mark.parametrize(
    "schedule",
    ["", "rate(5 minutes)", "0 4 * * ? *", "cron(0 4 * * ?)", "cron(0 4 * * * *)", "cron(0 4 ? * ? *)",
     "cron(60 4 * * ? *)", "cron(0 24 * * ? *)", "cron(0 4 32 * ? *)", "cron(0 4 * 13 ? *)", "cron(0 4 ? * 8 *)",
     "cron(0 4 ? * MON#6 *)", "cron(a 4 * * ? *)", "cron(0/0 4 * * ? *)"],
)  # fmt: skip
def test_refuses(schedule):
    with pytest.raises(ScheduleError):
        parse_schedule(schedule)
