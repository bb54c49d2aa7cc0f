"""The demo's app: its songs, its people, and what they did day by day. Deterministic by seed."""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from demo.habits import DAY_WEIGHTS, HOUR_WEIGHTS, zipf_weights
from demo.sparkify.people import draw_people
from demo.sparkify.sessions import Event, Session
from demo.sparkify.songs import Catalogue, Track, draw_catalogue

FIRST_DAY = date(2025, 3, 17)
EVENTS_A_SESSION = 14.5
SHARED_EVERY = 25
"""One in this many session ids is given to two people, so only together with the user's id is it unique."""


class World:
    """People and what they did; popularity of songs and people is Zipf-skewed, evenings are busy.

    Attributes:
        days: Days of the first delivery; the day after them is the one of `--more`.
    """

    def __init__(self, *, seed: int = 7, days: int = 30, events: int = 8_000, songs: int = 110, users: int = 90):
        self.seed, self.days, self.event_count = seed, days, events
        pick = random.Random(seed)
        self.catalogue: Catalogue = draw_catalogue(songs, pick)
        self.people = draw_people(users, pick, before=FIRST_DAY)

    @property
    def last_day(self) -> date:
        """The day of `--more`."""
        return FIRST_DAY + timedelta(days=self.days)

    @cached_property
    def events_by_day(self) -> dict[date, list[Event]]:
        """All events in order of time, by day (UTC); those after `last_day` are left out."""
        found: dict[date, list[Event]] = defaultdict(list)
        for event in sorted(self._events(), key=lambda event: (event["ts"], event["userId"], event["itemInSession"])):
            found[day_of(event)].append(event)
        return {day: found[day] for day in sorted(found) if day <= self.last_day}

    def _events(self) -> list[Event]:
        """Events by session, in order of start; nobody has two sessions at a time, so levels change in time order."""
        pick = random.Random(self.seed + 1)
        busy_until: dict[int, datetime] = {}
        events: list[Event] = []
        previous = None
        for number, (start, who) in enumerate(self._starts(pick)):
            place = number % SHARED_EVERY
            session_id = number if place == 1 and who != previous else number + 1
            begin = max(start, busy_until.get(who, start))
            session = Session(self.people[who], session_id, begin, pick, self._draw_track(pick))
            # Events before login have no user id, which is needed to distinguish sessions with the same id.
            events += session.run(with_login=place > 1)
            busy_until[who], previous = session.now + timedelta(minutes=30), who
        return events

    def _starts(self, pick: random.Random) -> list[tuple[datetime, int]]:
        days = [FIRST_DAY + timedelta(days=day) for day in range(self.days + 1)]
        day_weights = [DAY_WEIGHTS[day.weekday()] for day in days]
        weights = zipf_weights(len(self.people), 0.6)
        found = []
        for _ in range(round(self.event_count / EVENTS_A_SESSION * len(days) / self.days)):
            day = pick.choices(days, weights=day_weights)[0]
            hour = pick.choices(range(24), weights=HOUR_WEIGHTS)[0]
            start = datetime.combine(day, time(hour)) + timedelta(seconds=pick.randrange(3600))
            found.append((start, pick.choices(range(len(self.people)), cum_weights=weights)[0]))
        return sorted(found)

    def _draw_track(self, pick: random.Random) -> Callable[[], Track]:
        tracks = self.catalogue.tracks
        weights = zipf_weights(len(tracks), 0.7)

        def draw() -> Track:
            return pick.choices(tracks, cum_weights=weights)[0]

        return draw


def day_of(event: Event) -> date:
    """The day of the event, UTC."""
    return datetime.fromtimestamp(int(str(event["ts"])) / 1000, UTC).date()
