"""The demo's world: users, tracks, and who played what at which time. Deterministic by seed."""

import random
import string
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from demo import words
from demo.habits import DAY_WEIGHTS, HOUR_WEIGHTS, zipf_weights

FIRST_DAY = date(2025, 3, 3)
LATE_TRACK_EVERY = 60
ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Play:
    """One play as it happened; `listened_at` is UTC without a zone."""

    user_id: int
    track_id: str
    listened_at: datetime

    @property
    def values(self) -> dict[str, object]:
        """The play as a row of a file."""
        return {"user_id": self.user_id, "track_id": self.track_id, "listen_time": self.listened_at}


class World:
    """Users, tracks and plays; popularity of users, tracks and artists is Zipf-skewed, evenings are busy.

    Attributes:
        users: Rows of the users dataset, by user_id.
        tracks: Rows of the songs dataset, in order of popularity, by track_id; the late ones included.
        late: Track ids that the first delivery of the catalogue lacks.
    """

    def __init__(self, *, seed: int = 7, days: int = 5, plays: int = 20_000, users: int = 2_000, tracks: int = 3_000):
        self.seed, self.days, self.play_count = seed, days, plays
        self.random = random.Random(seed)
        self.users = {row["user_id"]: row for row in (self._user(number) for number in range(1, users + 1))}
        artists = self._artists(max(5, tracks // 5))
        rows = [self._track(number, artists) for number in range(tracks)]
        self.tracks = {row["track_id"]: row for row in rows}
        self.late = frozenset(row["track_id"] for row in rows[LATE_TRACK_EVERY // 2 :: LATE_TRACK_EVERY])

    def _user(self, user_id: int) -> dict[str, object]:
        pick = self.random
        name = f"{pick.choice(words.FIRST_NAMES)} {pick.choice(words.LAST_NAMES)}"
        if user_id % 97 == 0:
            name = name.replace(" ", ' "DJ" ', 1)
        elif user_id % 89 == 0:
            name += ", Jr."
        country = pick.choices(words.COUNTRIES, cum_weights=zipf_weights(len(words.COUNTRIES), 1.1))[0]
        return {
            "user_id": user_id,
            "user_name": name,
            "user_age": None if user_id % 151 == 0 else min(90, 13 + int(pick.expovariate(1 / 18))),
            "user_country": None if user_id % 131 == 0 else country,
            "created_at": FIRST_DAY - timedelta(days=pick.randrange(-20, 700)),
        }

    def _artists(self, count: int) -> list[str]:
        names: dict[str, None] = {}
        while len(names) < count:
            form = self.random.choice(
                ("The {a} {n}", "{f} {l}", "{n} of {p}", "{a} {n}", "{f} & the {n}", "{n}, {n2} & Co")
            )
            names[self._phrase(form)] = None
        return list(names)

    def _track(self, number: int, artists: list[str]) -> dict[str, object]:
        pick = self.random
        count = pick.choices((1, 2, 3, 4), weights=(74, 18, 6, 2))[0]
        weights = zipf_weights(len(artists), 0.8)
        form = pick.choice(("{a} {n}", "{n} in {p}", '"{n}" ({a} Mix)', "{n}, {n2}", "{n}", "{a} {n} - Live, {p}"))
        genre = pick.choices(words.GENRES, cum_weights=zipf_weights(len(words.GENRES), 0.7))[0]
        return {
            "id": number * 3 + 1,
            "track_id": "".join(pick.choices(ALPHABET, k=22)),
            "artists": ";".join(dict.fromkeys(pick.choices(artists, cum_weights=weights, k=count))),
            "album_name": self._phrase("{a} {n}"),
            "track_name": None if number % 499 == 498 else self._phrase(form),
            "popularity": max(0, min(100, round(pick.gauss(75 - 12 * (number / 500) ** 0.7, 8)))),
            "duration_ms": max(31_000, round(pick.lognormvariate(12.2, 0.3))),
            "explicit": pick.random() < 0.12,
            "danceability": round(pick.betavariate(5, 4), 3),
            "energy": round(pick.betavariate(5, 3), 3),
            "key": pick.randrange(12),
            "loudness": round(-pick.gammavariate(3, 2.7), 3),
            "mode": pick.randrange(2),
            "speechiness": round(pick.betavariate(1.2, 12), 4),
            "acousticness": round(pick.betavariate(1, 2), 4),
            "instrumentalness": pick.choice((0.0, 0.0, 1.3e-06, 0.00042, 0.87)),
            "liveness": round(pick.betavariate(2, 8), 4),
            "valence": round(pick.betavariate(2, 2), 3),
            "tempo": round(pick.gauss(121, 26), 3),
            "time_signature": pick.choice((3, 4, 4, 4, 5)),
            "track_genre": genre,
        }

    def _phrase(self, form: str) -> str:
        pick = self.random.choice
        return form.format(
            a=pick(words.ADJECTIVES),
            n=pick(words.NOUNS),
            n2=pick(words.NOUNS),
            p=pick(words.PLACES),
            f=pick(words.FIRST_NAMES),
            l=pick(words.LAST_NAMES),
        )

    @cached_property
    def plays(self) -> list[Play]:
        """Distinct plays in order of time."""
        return self.draw_plays(self.play_count, random.Random(self.seed + 1), first=FIRST_DAY, days=self.days)

    def draw_plays(self, count: int, pick: random.Random, *, first: date, days: int) -> list[Play]:
        """`count` distinct plays on `days` days from `first`, in order of time.

        Half of a user's plays come from two favourite genres, the rest from everything.
        """
        users, tracks = list(self.users), list(self.tracks)
        pick.shuffle(users)
        user_weights, track_weights = zipf_weights(len(users), 0.45), zipf_weights(len(tracks), 0.9)
        by_genre = self._tracks_by_genre()
        favourites = {user: pick.choices(list(by_genre), k=2) for user in users}
        day_weights = [DAY_WEIGHTS[(first + timedelta(days=day)).weekday()] for day in range(days)]
        found: dict[Play, None] = {}
        while len(found) < count:
            user = pick.choices(users, cum_weights=user_weights)[0]
            if pick.random() < 0.5:
                shelf = by_genre[pick.choice(favourites[user])]
                track = shelf[min(int(pick.expovariate(6 / len(shelf))), len(shelf) - 1)]
            else:
                track = pick.choices(tracks, cum_weights=track_weights)[0]
            day = first + timedelta(days=pick.choices(range(days), weights=day_weights)[0])
            hour = pick.choices(range(24), weights=HOUR_WEIGHTS)[0]
            second = timedelta(hours=hour, seconds=pick.randrange(3600))
            found[Play(user, track, datetime.combine(day, time()) + second)] = None
        return sorted(found, key=lambda play: (play.listened_at, play.user_id, play.track_id))

    def _tracks_by_genre(self) -> dict[str, list[str]]:
        shelves: dict[str, list[str]] = {}
        for track_id, row in self.tracks.items():
            shelves.setdefault(str(row["track_genre"]), []).append(track_id)
        return shelves
