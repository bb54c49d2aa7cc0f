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


class Gunzip:
    """One gzip stream.

    Attributes:
        padding: Zeros behind the last member, which tapes and block devices leave there; Hadoop cannot read them.
        unpacked: Bytes that were unpacked so far.
    """

    def __init__(self) -> None:
        self.padding = self.unpacked = 0
        self._stream = zlib.decompressobj(_WITH_GZIP_HEADER)

    def pieces(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The unpacked bytes, at most PIECE at a time, no matter how strongly they are compressed.

        Raises:
            TruncatedError, DamagedError: After the bytes before the fault have been yielded.
        """
        for chunk in chunks:
            data, more = chunk, bool(chunk)
            while more:
                if self._stream.eof:
                    if self.padding or data.startswith(b"\0"):
                        self._pad(data)
                        break
                    self._stream = zlib.decompressobj(_WITH_GZIP_HEADER)
                piece = self._unpack(data)
                if piece:
                    self.unpacked += len(piece)
                    yield piece
                data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
                more = bool(data) or (len(piece) == PIECE and not self._stream.eof)
        if not self._stream.eof:
            raise TruncatedError

    def _unpack(self, data: bytes) -> bytes:
        try:
            return self._stream.decompress(data, PIECE)
        except zlib.error as cause:
            raise DamagedError(str(cause)) from cause

    def _pad(self, data: bytes) -> None:
        if data.strip(b"\0"):
            raise DamagedError("something stands behind its end and the zeros there")
        self.padding += len(data)
