"""What one person does in the app, page by page, from opening it to leaving it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from demo.sparkify.people import Person
from demo.sparkify.songs import Track
from demo.sparkify.text import encode_again

FIELDS = (
    *("artist", "auth", "firstName", "gender", "itemInSession", "lastName", "length", "level", "location", "method"),
    *("page", "registration", "sessionId", "song", "status", "ts", "userAgent", "userId"),
)
NOBODY = dict.fromkeys(("firstName", "lastName", "gender", "location", "registration", "userAgent")) | {"userId": ""}
NO_SONG = dict.fromkeys(("artist", "song", "length"))
REDIRECTS = ("Login", "Logout", "Save Settings", "Submit Upgrade", "Submit Downgrade", "Thumbs Up", "Thumbs Down")
PUTS = (*REDIRECTS, "NextSong", "Add to Playlist", "Add Friend")
MEAN_SONGS = {"free": 7, "paid": 18}
LONGEST = 80
ASIDES = {
    "Thumbs Up": 0.05,
    "Home": 0.04,
    "Add to Playlist": 0.025,
    "Thumbs Down": 0.01,
    "Add Friend": 0.01,
    "Settings": 0.01,
    "Help": 0.005,
    "About": 0.004,
    "Error": 0.003,
}
"""Pages between songs, with their probabilities."""

MILLISECONDS = 412
"""The app's clock ticks in whole seconds, always this many milliseconds after the full second."""

Event = dict[str, object]


@dataclass
class Session:
    """A session that is being made; `now` moves on with each page."""

    person: Person
    session_id: int
    now: datetime
    pick: random.Random
    draw_track: Callable[[], Track]
    events: list[Event] = field(default_factory=list)

    def run(self, *, with_login: bool) -> list[Event]:
        """The whole session; `with_login` allows events without a user, before login or after logout."""
        if with_login and self.pick.random() < 0.1:
            self._page("Home", after_s=0, logged_in=False)
            self._page("Login", after_s=12, logged_in=False)
            self._page("Home", after_s=1)
        elif self.pick.random() < 0.5:
            self._page("Home", after_s=0)
        for _ in range(min(LONGEST, 1 + int(self.pick.expovariate(1 / MEAN_SONGS[self.person.level])))):
            self._song()
            self._asides()
        if with_login and self.pick.random() < 0.1:
            self._page("Logout", after_s=5)
            self._page("Home", after_s=1, logged_in=False)
        return self.events

    def _song(self) -> None:
        track, again = self.draw_track(), self.person.encodings
        texts = {"artist": encode_again(track.artist, again), "song": encode_again(track.title, again)}
        self._page("NextSong", after_s=0, **texts, length=track.length_s)
        is_skipped = self.pick.random() < 0.08
        self.now += timedelta(seconds=self.pick.randrange(5, 40) if is_skipped else int(track.length_s))

    def _asides(self) -> None:
        for page, chance in ASIDES.items():
            if self.pick.random() < chance:
                self._page(page, after_s=2)
        if self.events[-1]["page"] == "Settings" and self.pick.random() < 0.5:
            self._page("Save Settings", after_s=20)
        if self.person.level == "free":
            if self.pick.random() < 0.06:
                self._page("Roll Advert", after_s=1)
            if self.pick.random() < 0.012:
                self._change_level("Upgrade", "paid", chance=0.5)
        elif self.pick.random() < 0.006:
            self._change_level("Downgrade", "free", chance=0.35)

    def _change_level(self, page: str, level: str, *, chance: float) -> None:
        self._page(page, after_s=3)
        if self.pick.random() < chance:
            self._page(f"Submit {page}", after_s=25)
            self.person.level = level
            self._page("Home", after_s=1)

    def _page(self, page: str, *, after_s: int, logged_in: bool = True, **song: object) -> None:
        self.now += timedelta(seconds=after_s)
        values = {
            **NO_SONG,
            **song,
            **(self.person.facts if logged_in else NOBODY),
            "auth": "Logged In" if logged_in else "Logged Out",
            "itemInSession": len(self.events),
            "level": self.person.level,
            "method": "PUT" if page in PUTS else "GET",
            "page": page,
            "sessionId": self.session_id,
            "status": 307 if page in REDIRECTS else 404 if page == "Error" else 200,
            "ts": int(self.now.replace(tzinfo=UTC).timestamp()) * 1000 + MILLISECONDS,
        }
        self.events.append({name: values[name] for name in FIELDS})
