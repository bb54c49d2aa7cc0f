"""AWS schedule expressions: `cron(minutes hours day-of-month month day-of-week year)`, in UTC."""

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta

MONTHS = {
    name: i
    for i, name in enumerate(["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1)
}
DAYS = {name: i for i, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], 1)}
FIELDS = (
    ("minutes", 0, 59, {}),
    ("hours", 0, 23, {}),
    ("day-of-month", 1, 31, {}),
    ("month", 1, 12, MONTHS),
    ("day-of-week", 1, 7, DAYS),
    ("year", 1970, 2199, {}),
)


class ScheduleError(ValueError):
    """AWS would not accept the expression."""


@dataclass(frozen=True)
class Schedule:
    """A parsed expression; day fields keep their text, because L, W and # depend on the month."""

    text: str
    minutes: frozenset[int]
    hours: frozenset[int]
    months: frozenset[int]
    years: frozenset[int]
    day_of_month: str
    day_of_week: str

    def matches(self, moment: datetime) -> bool:
        """Whether the schedule fires in this minute (UTC)."""
        return (
            moment.minute in self.minutes
            and moment.hour in self.hours
            and moment.month in self.months
            and moment.year in self.years
            and (self._day_of_month_matches(moment) if self.day_of_week == "?" else self._day_of_week_matches(moment))
        )

    def _day_of_month_matches(self, moment: datetime) -> bool:
        last = calendar.monthrange(moment.year, moment.month)[1]
        for part in self.day_of_month.split(","):
            if part == "L" and moment.day == last:
                return True
            if part.endswith("W") and moment.day == _nearest_weekday(moment, part, last):
                return True
            if part != "L" and not part.endswith("W") and moment.day in _values(part, *FIELDS[2]):
                return True
        return False

    def _day_of_week_matches(self, moment: datetime) -> bool:
        today = moment.isoweekday() % 7 + 1
        last = calendar.monthrange(moment.year, moment.month)[1]
        for part in self.day_of_week.split(","):
            if "#" in part:
                day, nth = part.split("#")
                if today == _number(day, DAYS) and (moment.day - 1) // 7 + 1 == int(nth):
                    return True
            elif part.endswith("L"):
                if today == (_number(part[:-1], DAYS) if part[:-1] else 7) and moment.day + 7 > last:
                    return True
            elif today in _values(part, *FIELDS[4]):
                return True
        return False


def parse_schedule(text: str) -> Schedule:
    """Parses `cron(...)`.

    Raises:
        ScheduleError: not six fields, a value out of range, or not exactly one of the day fields is `?`.
    """
    inner = text.strip()
    if not (inner.startswith("cron(") and inner.endswith(")")):
        raise ScheduleError(f"Schedule '{text}' must be cron(minutes hours day-of-month month day-of-week year).")
    parts = inner[5:-1].upper().split()
    if len(parts) != len(FIELDS):
        raise ScheduleError(f"Schedule '{text}' must have six fields, it has {len(parts)}.")
    if (parts[2] == "?") == (parts[4] == "?"):
        raise ScheduleError(f"Schedule '{text}' must have ? in exactly one of day-of-month and day-of-week.")
    try:
        sets = {i: frozenset(_values(parts[i], *FIELDS[i])) for i in (0, 1, 3, 5)}
        schedule = Schedule(text, sets[0], sets[1], sets[3], sets[5], parts[2], parts[4])
        _check_days(parts[2], parts[4])
    except ValueError as error:
        raise ScheduleError(f"Schedule '{text}' is not valid: {error}") from error
    return schedule


def _check_days(day_of_month: str, day_of_week: str) -> None:
    for part in day_of_month.split(","):
        if part not in ("?", "L", "LW"):
            _values(part.removesuffix("W"), *FIELDS[2])
    for part in day_of_week.split(","):
        day, hash_sign, nth = part.removesuffix("L").partition("#")
        if day and part != "?":
            _values(day, *FIELDS[4])
        if hash_sign and not 1 <= int(nth) <= 5:
            raise ValueError(f"day-of-week {part} is outside #1-#5")


def _values(text: str, name: str, low: int, high: int, names: dict[str, int]) -> set[int]:
    found: set[int] = set()
    for part in text.split(","):
        body, slash, step = part.partition("/")
        first, dash, last = body.partition("-")
        if body == "*":
            start, end = low, high
        elif dash:
            start, end = _number(first, names), _number(last, names)
        else:
            start = _number(body, names)
            end = high if slash else start
        every = int(step) if slash else 1
        if not (low <= start <= high and low <= end <= high) or every < 1:
            raise ValueError(f"{name} {part} is outside {low}-{high}")
        wrapped = range(start, end + 1, every) if start <= end else [*range(start, high + 1), *range(low, end + 1)]
        found.update(wrapped)
    return found


def _number(text: str, names: dict[str, int]) -> int:
    return names[text] if text in names else int(text)


def _nearest_weekday(moment: datetime, part: str, last: int) -> int:
    day = last if part == "LW" else min(int(part[:-1]), last)
    wanted = moment.replace(day=day)
    shift = {6: -1, 7: 1}.get(wanted.isoweekday(), 0)
    moved = wanted + timedelta(days=shift)
    if moved.month != moment.month:
        moved = wanted + timedelta(days=2 if shift < 0 else -2)
    return moved.day
