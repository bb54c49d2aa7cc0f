"""The star schema as a correct load fills it, in plain Python, for the manifest's tables and matches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from demo.sparkify.sessions import Event
from demo.sparkify.text import repaired

Triple = tuple[object, object, object]
Row = Mapping[str, object]


def event_id(event: Event) -> str:
    """The id that distinguishes events of one page; for a play, its songplay_id."""
    return f"{event['userId']}-{event['sessionId']}-{event['itemInSession']}"


@dataclass
class Truth:
    """What the warehouse holds.

    Attributes:
        plays: Events of songs that were played, by songplay_id.
        songs: Rows of song_data, by song_id.
    """

    plays: dict[str, Event] = field(default_factory=dict)
    songs: dict[str, Row] = field(default_factory=dict)
    _known: dict[Triple, str] = field(default_factory=dict)

    def load(self, events: Iterable[Event], songs: Iterable[Row]) -> tuple[dict[str, int], dict[str, int]]:
        """Adds what one run loads: events without repeats, the last version of each song.

        Returns:
            The measures of the run's books, and rows by table.
        """
        events, songs = list(events), list(songs)
        before = {name: self.song_of(event) for name, event in self.plays.items()}
        self.songs |= {str(row["song_id"]): row for row in songs}
        self._known = {
            (repaired(str(row["title"])), repaired(str(row["artist_name"])), row["duration"]): song_id
            for song_id, row in sorted(self.songs.items(), reverse=True)
        }
        plays = {event_id(event): event for event in events if event["page"] == "NextSong"}
        new = {name: event for name, event in plays.items() if name not in self.plays}
        self.plays |= new
        written = {_triple(row, "title", "artist_name", "duration") for row in self.songs.values()}
        measures = {
            "changed_songs": len(songs),
            "new_songplays": len(new),
            "replaced_songplays": 0,
            "matched": sum(self.song_of(event) is not None for event in new.values()),
            "matched_before_repair": sum(
                _triple(event, "song", "artist", "length") in written for event in new.values()
            ),
            "rematched_songplays": sum(self.song_of(self.plays[name]) != song for name, song in before.items()),
        }
        return measures, self._rows(events, songs)

    def song_of(self, event: Event) -> str | None:
        """The smallest song_id of the songs that match the event; None if none does."""
        wanted = (repaired(str(event["song"])), repaired(str(event["artist"])), event["length"])
        return self._known.get(wanted)

    def _rows(self, events: list[Event], songs: list[Row]) -> dict[str, int]:
        plays = self.plays.values()
        return {
            "songplays": len(plays),
            "users": len({event["userId"] for event in plays}),
            "songs": len(self.songs),
            "artists": len({row["artist_id"] for row in self.songs.values()}),
            "time": len({event["ts"] for event in plays}),
            "staging_events": len(events),
            "staging_songs": len(songs),
        }


def _triple(row: Row, *names: str) -> Triple:
    title, artist, length = (row[name] for name in names)
    return title, artist, length
