"""Text that is encoded too often, and the repair that the loader must make."""

from functools import cache

from ftfy import fix_encoding

EVENT_TEXTS = ("artist", "song", "firstName", "lastName", "location")
SONG_TEXTS = ("title", "artist_name", "artist_location")


def encode_again(text: str, times: int) -> str:
    """`text` after its UTF-8 was decoded as Latin-1 so many times: `Zoë`, `ZoÃ«`, …"""
    for _ in range(times):
        text = text.encode("utf-8").decode("latin-1")
    return text


@cache
def repaired(text: str) -> str:
    """`text` as the loader must understand it."""
    return fix_encoding(text.strip(" "))


def needs_repair(row: dict[str, object], fields: tuple[str, ...]) -> bool:
    """Whether repair changes any of the row's texts."""
    return any(isinstance(text := row.get(name), str) and repaired(text) != text.strip(" ") for name in fields)
