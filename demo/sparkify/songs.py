"""Songs that can be played: some in the catalogue, some late, some never in it. Their texts are encoded correctly."""

import random
import string
from dataclasses import dataclass

from demo import words

CODE = string.ascii_uppercase + string.digits
UNKNOWN_FOR_EACH_KNOWN = 1.5
LATE_OF = 12
TWINS = 3
Row = dict[str, object]


@dataclass(frozen=True)
class Track:
    """What a player shows of a song: artist, title, length in seconds."""

    artist: str
    title: str
    length_s: float


@dataclass(frozen=True)
class Catalogue:
    """Everything that is played.

    Attributes:
        rows: Songs of the first delivery, as rows of song_data; several may belong to one track.
        late: Songs that are delivered later; one of them belongs to a track of `rows`, under a smaller song_id.
        tracks: Everything that is played, in random order.
    """

    rows: list[Row]
    late: list[Row]
    tracks: list[Track]


def draw_catalogue(count: int, pick: random.Random) -> Catalogue:
    """`count` songs, some more that come late, and tracks that are never delivered."""
    artists = [_artist(pick) for _ in range(max(4, count // 2))]
    late = max(4, count // LATE_OF)
    rows = [_song(pick, pick.choice(artists)) for _ in range(count - TWINS + late - 1)]
    twins = [{**row, "song_id": _code("SO", pick), "year": 0, "num_songs": 1} for row in rows[:TWINS]]
    smaller = {**rows[TWINS], "song_id": "SO" + "0" * 16}
    unknown = [_song(pick, _artist(pick)) for _ in range(int(count * UNKNOWN_FOR_EACH_KNOWN))]
    tracks = [track_of(row) for row in (*rows, *unknown)]
    pick.shuffle(tracks)
    return Catalogue([*rows[: count - TWINS], *twins], [*rows[count - TWINS :], smaller], tracks)


def track_of(row: Row) -> Track:
    """What a player shows of a row of song_data."""
    return Track(str(row["artist_name"]), str(row["title"]), float(str(row["duration"])))


def track_code(row: Row, pick: random.Random) -> str:
    """A name for the song's file; its folders are the three letters after TR."""
    return "TR" + "".join(pick.choices("ABC", k=3)) + "".join(pick.choices(CODE, k=13))


def _artist(pick: random.Random) -> Row:
    form = pick.choice(("The {a} {n}", "{f} {l}", "{n} of {p}", "{a} {n}", "{f} & The {n}", "{f} {l} / {n}"))
    is_placed = pick.random() < 0.6
    return {
        "artist_id": _code("AR", pick),
        "artist_latitude": round(pick.uniform(-60, 70), 5) if is_placed else None,
        "artist_longitude": round(pick.uniform(-180, 180), 5) if is_placed else None,
        "artist_location": pick.choice(words.PLACES) if pick.random() < 0.7 else "",
        "artist_name": _phrase(form, pick),
    }


def _song(pick: random.Random, artist: Row) -> Row:
    """A song by the artist; some songs have less about the artist, or another name."""
    known = dict(artist)
    if pick.random() < 0.2:
        known |= {"artist_latitude": None, "artist_longitude": None, "artist_location": ""}
    if pick.random() < 0.1:
        known["artist_name"] = f"{artist['artist_name']} feat. {pick.choice(words.FIRST_NAMES)}"
    form = pick.choice(("{a} {n}", "{n} in {p}", '"{n}" ({a} Mix)', "{n}, {n2}", "{n}", "{a} {n} (Live / {p})"))
    return {
        "num_songs": 1,
        **known,
        "song_id": _code("SO", pick),
        "title": _phrase(form, pick),
        "duration": round(pick.lognormvariate(5.4, 0.3), 5),
        "year": 0 if pick.random() < 0.5 else pick.randrange(1965, 2025),
    }


def _code(prefix: str, pick: random.Random) -> str:
    return prefix + "".join(pick.choices(CODE, k=16))


def _phrase(form: str, pick: random.Random) -> str:
    return form.format(
        a=pick.choice(words.ADJECTIVES),
        n=pick.choice(words.NOUNS),
        n2=pick.choice(words.NOUNS),
        p=pick.choice(words.PLACES),
        f=pick.choice(words.FIRST_NAMES),
        l=pick.choice(words.LAST_NAMES),
    )
