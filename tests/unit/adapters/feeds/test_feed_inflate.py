"""Unpacking: what was packed comes back whole, and nothing grows past its bounds."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feeds.inflate import BodyUnpacker, PackingError, SizeBounds, TooBigError

MIB = 1024 * 1024
SMALL = SizeBounds(wire=1000, decoded=5000, ratio=100)


def raw_deflated(body: bytes) -> bytes:
    """Deflate without zlib's header, as some servers send it."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def unpacked(wire: bytes, coding: str, *, bounds: SizeBounds | None = None, step: int = 7) -> bytes:
    """What a body comes to when it arrives in chunks of ``step`` bytes."""
    unpacker = BodyUnpacker(coding, bounds or SizeBounds())
    pieces = [piece for at in range(0, len(wire), step) for piece in unpacker.pieces(wire[at : at + step])]
    unpacker.finish()
    return b"".join(pieces)


@given(st.binary(max_size=2000), st.integers(1, 600))
def test_a_packed_body_comes_back_whole_in_chunks_of_any_size(body: bytes, step: int) -> None:
    assert unpacked(body, "", step=step) == body
    assert unpacked(body, "identity", step=step) == body
    assert unpacked(gzip.compress(body), "gzip", step=step) == body
    assert unpacked(gzip.compress(body), " X-GZIP", step=step) == body
    assert unpacked(zlib.compress(body), "deflate", step=step) == body
    assert unpacked(raw_deflated(body), "deflate", step=step) == body


def test_a_body_packed_in_several_gzip_members_is_read_to_its_end() -> None:
    assert unpacked(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip") == b"one two"


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", "deflate, gzip", "nonsense"])
def test_a_coding_that_was_not_asked_for_is_refused(coding: str) -> None:
    with pytest.raises(PackingError):
        BodyUnpacker(coding, SizeBounds())


@pytest.mark.parametrize(
    "wire",
    [gzip.compress(b"x" * 500)[:-5], gzip.compress(b"x")[:1], gzip.compress(b"x") + b"yyyy"],
    ids=["cut", "hardly-begun", "followed-by-junk"],
)
def test_a_packed_body_that_is_cut_or_damaged_is_refused(wire: bytes) -> None:
    with pytest.raises(PackingError):
        unpacked(wire, "gzip")


def test_more_wire_bytes_than_allowed_are_refused() -> None:
    with pytest.raises(TooBigError):
        unpacked(b"x" * 1001, "", bounds=SMALL)
    assert unpacked(b"x" * 1000, "", bounds=SMALL) == b"x" * 1000


def test_more_unpacked_bytes_than_allowed_are_refused() -> None:
    with pytest.raises(TooBigError):
        unpacked(gzip.compress(b"x" * 5001), "gzip", bounds=SMALL)
    assert len(unpacked(gzip.compress(b"x" * 5000), "gzip", bounds=SMALL)) == 5000


def test_a_bomb_is_given_up_after_its_first_mebibyte_or_two() -> None:
    unpacker = BodyUnpacker("gzip", SizeBounds(decoded=1000 * MIB))
    sizes: list[int] = []
    with pytest.raises(TooBigError):
        sizes.extend(map(len, unpacker.pieces(gzip.compress(bytes(50 * MIB))[: 16 * 1024])))
    assert sum(sizes) <= 2 * MIB


def test_no_piece_is_larger_than_a_mebibyte() -> None:
    pieces = list(BodyUnpacker("gzip", SizeBounds(ratio=10_000)).pieces(gzip.compress(bytes(5 * MIB))))
    assert sum(map(len, pieces)) == 5 * MIB
    assert max(map(len, pieces)) <= MIB
