"""Calm landscapes drawn by code: the newspaper's pictures, and what stands in for one that cannot be shown."""

import colorsys
import math
import random
import struct
import zlib
from functools import lru_cache

WIDTH, HEIGHT = 640, 336
_SKY_STEPS = 48
_SUN = _SKY_STEPS
_FIRST_LAYER = _SKY_STEPS + 1
_LAYERS = 4


@lru_cache(maxsize=64)
def landscape(seed: str) -> bytes:
    """A PNG of 640 × 336 pixels; the same seed always gives the same picture."""
    dice = random.Random(seed)
    horizons = [_horizon(dice, layer) for layer in range(_LAYERS)]
    sun = (dice.randrange(WIDTH // 6, WIDTH * 5 // 6), dice.randrange(50, 130), dice.randrange(20, 40))
    columns = [_column(x, [horizon[x] for horizon in horizons], sun) for x in range(WIDTH)]
    rows = b"".join(b"\x00" + bytes(row) for row in zip(*columns, strict=True))
    return _png(_palette(dice), rows)


def _column(x: int, tops: list[int], sun: tuple[int, int, int]) -> bytearray:
    """One column of palette numbers from top to bottom: sky, sun, then each layer over the one behind it."""
    column = bytearray(y * _SKY_STEPS // HEIGHT for y in range(HEIGHT))
    sun_x, sun_y, radius = sun
    if abs(x - sun_x) < radius:
        half = int(math.sqrt(radius**2 - (x - sun_x) ** 2))
        column[sun_y - half : sun_y + half] = bytes([_SUN]) * (2 * half)
    for layer, top in enumerate(tops):
        column[top:] = bytes([_FIRST_LAYER + layer]) * (HEIGHT - top)
    return column


def _horizon(dice: random.Random, layer: int) -> list[int]:
    """Where the layer begins, for each column; nearer layers begin lower."""
    base = HEIGHT * (48 + 13 * layer) // 100
    if layer == 1 and dice.random() < 1 / 3:
        return _roofs(dice, base)
    waves = [(dice.uniform(0.4, 3.2), dice.uniform(0, math.tau), dice.uniform(4, 22 - 4 * layer)) for _ in range(4)]
    return [
        base + round(sum(size * math.sin(x / WIDTH * math.tau * pace + start) for pace, start, size in waves))
        for x in range(WIDTH)
    ]


def _roofs(dice: random.Random, base: int) -> list[int]:
    tops: list[int] = []
    while len(tops) < WIDTH:
        tops += [base - dice.randrange(0, 60)] * dice.randrange(14, 46)
    return tops[:WIDTH]


def _palette(dice: random.Random) -> bytes:
    hue, warm = dice.random(), dice.uniform(0.04, 0.13)
    top, bottom = _rgb(hue, 0.42, 0.72), _rgb(warm, 0.22, 0.97)
    sky = [_between(top, bottom, step / (_SKY_STEPS - 1)) for step in range(_SKY_STEPS)]
    near = _rgb(hue + 0.08, 0.5, 0.26)
    ground = [_between(_between(bottom, top, 0.55), near, (layer + 0.6) / _LAYERS) for layer in range(_LAYERS)]
    return bytes(value for colour in [*sky, _rgb(warm, 0.18, 1.0), *ground] for value in colour)


def _rgb(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _between(first: tuple[int, int, int], second: tuple[int, int, int], part: float) -> tuple[int, int, int]:
    part = min(part, 1.0)
    red, green, blue = (round(one + (other - one) * part) for one, other in zip(first, second, strict=True))
    return red, green, blue


def _png(palette: bytes, rows: bytes) -> bytes:
    """An indexed PNG (https://www.w3.org/TR/png/): header, palette, one run of compressed rows, end."""
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    parts = [(b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
