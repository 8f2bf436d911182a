"""Texts made ready to be looked through for phrases."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

from bot.domain.phrases import WIDTH, PhraseIndex
from bot.domain.recollection import Recollection
from bot.domain.turkic import is_turkic, turkic_roots
from bot.domain.words import folded_words, stem, written_words

_LONGEST_REMEMBERED = 40
"""Characters without a space: a longer run is an address, or a sentence in a script without spaces."""

_END = "\n"
_NO_WORD = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedText:
    """The words of paragraphs in one row, with a word behind each paragraph that is in no phrase.

    ``words`` are as ``PhraseIndex.find`` reads them. They come from pieces, which spaces part; where those and the
    paragraphs end is told in bytes of ``words``.
    """

    paragraphs: Sequence[str]
    pieces: Sequence[str]
    piece_ends: Sequence[int]
    paragraph_ends: Sequence[int]
    words: bytes

    def paragraph(self, place: int) -> int:
        """The number of the paragraph that has the word at this place."""
        return bisect_right(self.paragraph_ends, place * WIDTH)

    def is_shouted(self, place: int) -> bool:
        """Whether all letters of that paragraph are capitals."""
        return self.paragraphs[self.paragraph(place)].isupper()

    def written(self, start: int, end: int) -> Sequence[str]:
        """The words from one place to the other, as they are written."""
        return self._read(written_words, start, end)

    def roots_at(self, place: int) -> Sequence[str]:
        """What the word there may be without its endings, if it is a Turkic one."""
        [folded] = self._read(folded_words, place, place + 1)
        return turkic_roots(folded)

    def _read(self, words_of: Callable[[str], Iterable[str]], start: int, end: int) -> Sequence[str]:
        first, last = bisect_right(self.piece_ends, start * WIDTH), bisect_left(self.piece_ends, end * WIDTH)
        words = list(chain.from_iterable(map(words_of, self.pieces[first : last + 1])))
        before = start - (self.piece_ends[first - 1] // WIDTH if first else 0)
        return words[before : before + end - start]


class Packer:
    """Packs texts for an index and remembers the pieces of the last ones, since news repeats its words.

    With words that phrases of the index newly have, it has to forget them.
    """

    def __init__(self, index: PhraseIndex, *, remembers: int) -> None:
        """``remembers`` is how many pieces at most, of Turkic texts and again of others."""
        self._index = index
        self._plain = Recollection(self._packed, keeps=remembers, longest=_LONGEST_REMEMBERED)
        self._turkic = Recollection(self._packed_with_roots, keeps=remembers, longest=_LONGEST_REMEMBERED)

    def forget(self) -> None:
        """Pack anew from now on."""
        self._plain.clear()
        self._turkic.clear()

    def pack(self, paragraphs: Sequence[str]) -> PackedText:
        """The paragraphs in one row; where they are in a Turkic language, with what words are without endings."""
        cut = [(*paragraph.split(), _END) for paragraph in paragraphs]
        pieces = list(chain.from_iterable(cut))
        remembered = self._turkic if is_turkic("\n".join(paragraphs)) else self._plain
        packed = list(map(remembered.__getitem__, pieces))
        ends = list(accumulate(map(len, packed)))
        return PackedText(
            paragraphs=paragraphs,
            pieces=pieces,
            piece_ends=ends,
            paragraph_ends=[ends[pieces - 1] for pieces in accumulate(map(len, cut))],
            words=b"".join(packed),
        )

    def _packed(self, piece: str) -> bytes:
        packed = self._index.packed
        return b"".join([packed(stem(word)) for word in _folded_words(piece)])

    def _packed_with_roots(self, piece: str) -> bytes:
        packed = self._index.packed
        return b"".join([packed(stem(word), turkic_roots(word)) for word in _folded_words(piece)])


def _folded_words(piece: str) -> Sequence[str]:
    return folded_words(piece) if piece != _END else (_NO_WORD,)
