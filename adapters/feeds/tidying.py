"""Words from outside as clean single lines."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.paragraph import Paragraph, Shape, Stress, Stretch

# Soft hyphens, zero-width spaces, marks that turn the writing direction, halves of characters, no characters at all.
# Joiners and the plain direction marks stay: Persian, Hindi and emoji are not right without them.
_UNSEEN = re.compile("[\u00ad\u200b\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BULLET = re.compile(r"[-–—*·•◦▪]\s+(?=\S)")
_MOST_STRETCHES = 500
"""In one paragraph; of more, none is stressed."""

Piece = tuple[str, Stress | None]


def tidy(text: str) -> str:
    """One line in NFC with single spaces between words and nothing invisible in it. Doing it twice changes nothing."""
    return " ".join(_seen(text).split())


def tidy_paragraph(pieces: Sequence[Piece], shape: Shape) -> Paragraph | None:
    """The paragraph of these pieces, tidied as a whole; None where they hold no words. ``shape`` has no stretches."""
    words, stretches = _assembled(pieces) if any(stress for _, stress in pieces) else ("", ())
    # A mark at the beginning of one piece may belong to the letter that ends another; then nothing is stressed.
    if not words or not unicodedata.is_normalized("NFC", words):
        words, stretches = tidy("".join(text for text, _ in pieces)), ()
    if not words:
        return None
    return Paragraph(words=words, shape=replace(shape, stretches=stretches) if stretches else shape)


def without_bullet(paragraph: Paragraph) -> Paragraph:
    """The paragraph without a bullet that was typed before its words."""
    found = _BULLET.match(paragraph.words)
    if found is None:
        return paragraph
    shape, cut = paragraph.shape, found.end()
    moved = tuple(
        Stretch(start=max(one.start - cut, 0), end=one.end - cut, stress=one.stress)
        for one in shape.stretches
        if one.end > cut
    )
    return Paragraph(words=paragraph.words[cut:], shape=replace(shape, stretches=moved))


def _assembled(pieces: Iterable[Piece]) -> tuple[str, tuple[Stretch, ...]]:
    """The words of the pieces, each piece tidied, and where the stressed ones stand in them."""
    told: list[str] = []
    found: list[Stretch] = []
    length, is_apart = 0, False
    for text, stress in pieces:
        seen = _seen(text)
        core = " ".join(seen.split())
        is_apart |= seen[:1].isspace()
        if not core:
            continue
        if is_apart and length:
            told.append(" ")
            length += 1
        told.append(core)
        if stress:
            _add(found, Stretch(start=length, end=length + len(core), stress=stress))
        length += len(core)
        is_apart = seen[-1:].isspace()
    return "".join(told), tuple(found) if len(found) <= _MOST_STRETCHES else ()


def _add(found: list[Stretch], stretch: Stretch) -> None:
    """Neighbours of one kind, with at most a space between them, are one."""
    if found and found[-1].stress is stretch.stress and stretch.start - found[-1].end <= 1:
        stretch = Stretch(start=found.pop().start, end=stretch.end, stress=stretch.stress)
    found.append(stretch)


def _seen(text: str) -> str:
    if not text.isprintable():
        text = _CONTROLS.sub(" ", _UNSEEN.sub("", text))
    return text if text.isascii() else unicodedata.normalize("NFC", text)
