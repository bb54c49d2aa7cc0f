"""Unpacks a gzip stream, also one of several members, piece by piece in bounded memory."""

import zlib
from collections.abc import Iterable, Iterator

MAGIC = b"\x1f\x8b"
PIECE = 1 << 20
_WITH_GZIP_HEADER = 16 + zlib.MAX_WBITS


class TruncatedError(Exception):
    """The stream ends inside a gzip member."""


class DamagedError(Exception):
    """The stream is not gzip, its checksum is wrong, or something else follows it."""


def gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The unpacked bytes, at most PIECE at a time, no matter how strongly they are compressed.

    Raises:
        TruncatedError, DamagedError: After the bytes before the fault have been yielded.
    """
    stream = zlib.decompressobj(_WITH_GZIP_HEADER)
    for chunk in chunks:
        data = chunk
        more = bool(data)
        while more:
            if stream.eof:
                stream = zlib.decompressobj(_WITH_GZIP_HEADER)
            try:
                piece = stream.decompress(data, PIECE)
            except zlib.error as cause:
                raise DamagedError(str(cause)) from cause
            if piece:
                yield piece
            data = stream.unused_data if stream.eof else stream.unconsumed_tail
            more = bool(data) or (len(piece) == PIECE and not stream.eof)
    if not stream.eof:
        raise TruncatedError
