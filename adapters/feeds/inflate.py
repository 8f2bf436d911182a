"""Unpacking an answer's body piece by piece, so that a small one cannot become a huge one in memory."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_PIECE = 1024 * 1024
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_RAW = -zlib.MAX_WBITS
_ZLIB_CHECK = 31
_DEFLATE_METHOD = 8


class TooBigError(Exception):
    """The body is, or becomes when unpacked, larger than the bounds allow."""


class PackingError(Exception):
    """The body is packed in a way that we did not ask for, or is damaged or cut short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeBounds:
    """How large a body may be, in bytes; ``ratio`` counts unpacked bytes per wire byte once past the first MiB."""

    wire: int = 2 * 1024 * 1024
    decoded: int = 10 * 1024 * 1024
    ratio: int = 100


class BodyUnpacker:
    """Unpacks one body in the content coding of RFC 9110, section 8.4.1: gzip, deflate or none, one layer only."""

    def __init__(self, coding: str, bounds: SizeBounds) -> None:
        """Raises PackingError for a coding other than these."""
        self._coding = coding.strip().lower() or "identity"
        if self._coding not in {"identity", "gzip", "x-gzip", "deflate"}:
            raise PackingError
        self._bounds = bounds
        self._wire = 0
        self._decoded = 0
        self._inflater: zlib._Decompress | None = None
        self._held = b""

    def pieces(self, wire: bytes) -> Iterator[bytes]:
        """What the next wire bytes hold, in pieces of at most a MiB. Raises TooBigError and PackingError."""
        self._wire += len(wire)
        if self._wire > self._bounds.wire:
            raise TooBigError
        for piece in (wire,) if self._coding == "identity" else self._inflated(self._held + wire):
            self._decoded += len(piece)
            if self._decoded > self._bounds.decoded or self._is_a_bomb():
                raise TooBigError
            yield piece

    def finish(self) -> None:
        """There are no more wire bytes. Raises PackingError when the packed body is not at its end."""
        if self._held or (self._inflater is not None and not self._inflater.eof):
            raise PackingError

    def _is_a_bomb(self) -> bool:
        return self._decoded > _PIECE and self._decoded > self._bounds.ratio * self._wire

    def _inflated(self, packed: bytes) -> Iterator[bytes]:
        self._held = b""
        while packed:
            if self._inflater is None or self._inflater.eof:
                if len(packed) < 2:  # noqa: PLR2004  # the two bytes that tell how the rest is packed
                    self._held = packed
                    return
                self._inflater = self._inflater_for(packed)
            try:
                piece = self._inflater.decompress(packed, _PIECE)
            except zlib.error as error:
                raise PackingError from error
            packed = self._inflater.unconsumed_tail or self._inflater.unused_data
            yield piece

    def _inflater_for(self, packed: bytes) -> "zlib._Decompress":
        """Servers call both zlib's format and raw deflate "deflate"; zlib's has a header that can be checked."""
        has_header = packed[0] & 0x0F == _DEFLATE_METHOD and int.from_bytes(packed[:2]) % _ZLIB_CHECK == 0
        return zlib.decompressobj(_RAW if self._coding == "deflate" and not has_header else _GZIP_OR_ZLIB)
