"""Pictures are real PNG files, always the same for the same seed."""

import struct
import zlib

from adapters.sandbox.pictures import HEIGHT, WIDTH, landscape


def test_the_same_seed_gives_the_same_picture_and_another_a_different_one() -> None:
    first = landscape("ferries")
    landscape.cache_clear()
    assert landscape("ferries") == first
    assert landscape("buses") != first


def test_it_is_a_whole_png() -> None:
    image = landscape("ferries")
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(image):
        (length,) = struct.unpack_from(">I", image, at)
        name, body = image[at + 4 : at + 8], image[at + 8 : at + 8 + length]
        (check,) = struct.unpack_from(">I", image, at + 8 + length)
        assert check == zlib.crc32(name + body)
        chunks[name] = body
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    rows = zlib.decompress(chunks[b"IDAT"])
    assert len(rows) == HEIGHT * (WIDTH + 1)
    assert max(rows) < len(chunks[b"PLTE"]) // 3
