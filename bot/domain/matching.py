"""Which topics a text speaks of and which word says so.

A word of a topic is one to five words as they stand in a dictionary. Inflected forms are found by themselves
(``words``). A capital in it asks for a capital in the text: "Turkey" is not in "turkey with plums", while "oil" is in
"Oil". Capitals throughout, up to three of them, ask for the same ("US" is no pronoun), and such short ones are not
looked for in a line that is all capitals. With "=" in front the word is taken letter by letter, without inflection.
Where a text has a longer name of a place, the shorter ones within it are not meant: South Sudan is not Sudan.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from bot.domain.packing import PackedText, Packer
from bot.domain.phrases import A_MILLION, PhraseIndex
from bot.domain.topic import MOST_WORDS, Topic, TopicId, TopicKind, is_own_words, phrase_of
from bot.domain.turkic import is_turkic
from bot.domain.words import stem, tokens

_LONGEST_ACRONYM = 3
_LEAD_PARAGRAPHS = 3
_ENOUGH_PARAGRAPHS = 2
_PLACES = (TopicKind.COUNTRY, TopicKind.REGION)
_Place = tuple[int, int, TopicId]
"""The place of the first word, that after the last one below zero, so that of two the longer sorts first, and what."""
_PLACE = itemgetter(0, 1)
_FEWEST_REMEMBERED = 1 << 13
_MOST_ENDS = 50_000
"""Last words of readers' own that are kept apart: with more of them, every text has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A text speaks of a topic: by which word, as written, and where: paragraph 0 is the title, 1 the first one."""

    topic_id: TopicId
    word: str
    paragraph: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One word of one topic, made ready to be compared."""

    topic_id: TopicId
    kind: TopicKind
    key: tuple[str, ...]
    asked: tuple[str, ...]
    is_exact: bool
    is_decoy: bool

    @property
    def name(self) -> str:
        """What it is filed under with all others of the same key; never the id of a reader's own words."""
        return " ".join(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    entry: _Entry
    start: int
    end: int

    def hides(self, other: "_Hit") -> bool:
        """Whether this longer name shows that the shorter one inside it was not meant."""
        if not (
            self.start <= other.start and other.end <= self.end and self.end - self.start > other.end - other.start
        ):
            return False
        if self.entry.is_decoy:
            return self.entry.topic_id == other.entry.topic_id
        return self.entry.kind in _PLACES and other.entry.kind in _PLACES


class Matcher:
    """Finds the topics of texts in one pass each, however many topics there are.

    Adding and removing take as long with a million readers' own words as with none.
    """

    def __init__(self, topics: Iterable[Topic] = (), *, hints: int = A_MILLION) -> None:
        """``hints`` as for a PhraseIndex."""
        self._catalogue: dict[TopicId, tuple[_Entry, ...]] = {}
        self._entries: dict[str, list[_Entry]] = {}
        self._index = PhraseIndex(hints)
        self._packer = Packer(self._index, remembers=max(_FEWEST_REMEMBERED, hints >> 7))
        self._own_ends: set[str] = set()
        for topic in topics:
            self.add(topic)

    def add(self, topic: Topic) -> None:
        """Look for this topic from now on, instead of what was looked for under its id."""
        if topic.kind is TopicKind.WORDS:
            self.add_own_words(topic.id)
            return
        self.remove(topic.id)
        entries = self._catalogue[topic.id] = tuple(_entries(topic))
        for entry in entries:
            self._entries.setdefault(entry.name, []).append(entry)
            self._file(entry.key, entry.name)

    def add_own_words(self, topic_id: TopicId) -> None:
        """Look for a reader's own words, of which no more than their topic's id is kept."""
        key = _own_key(topic_id)
        if len(self._own_ends) < _MOST_ENDS:
            self._own_ends.update(key[-1].split("_"))  # as words are parted that are found
        self._file(key, topic_id)

    def _file(self, key: Sequence[str], name: str) -> None:
        if self._index.add(key, name):
            self._packer.forget()

    def remove(self, topic_id: TopicId) -> None:
        """Look for this topic no more; nothing happens if it was not looked for."""
        if is_own_words(topic_id):
            self._index.remove(_own_key(topic_id), topic_id)
        for entry in self._catalogue.pop(topic_id, ()):
            self._entries[entry.name].remove(entry)
            if not self._entries[entry.name]:
                del self._entries[entry.name]
                self._index.remove(entry.key, entry.name)

    def may_have_own_words(self, title: str, paragraphs: Sequence[str], words: Collection[str]) -> bool:
        """Whether the text, which has these folded words, may have any reader's own; never false where it has."""
        ends = self._own_ends
        if not ends:
            return False
        if len(ends) >= _MOST_ENDS or "" in ends or not (ends.isdisjoint(words) and ends.isdisjoint(map(stem, words))):
            return True
        is_inflected = is_turkic("\n".join((title, *paragraphs)))
        return is_inflected and not ends.isdisjoint(word[:at] for word in words for at in range(1, len(word)))

    def match(self, title: str, paragraphs: Sequence[str]) -> tuple[Match, ...]:
        """Each topic that the text is about, once, with the place that says so first; in the order of these places.

        A topic of the catalogue counts when it is in the title, in the first three paragraphs or in two of the others:
        what is mentioned in passing is not what a text is about. A reader's own words count wherever they stand.
        """
        text = self._packer.pack((title, *paragraphs))
        own, named = self._in(text)
        first: dict[TopicId, Match] = {}
        paragraphs_with: dict[TopicId, set[int]] = {}
        for start, minus_end, topic_id in sorted([*_meant(named, text), *own], key=_PLACE):
            if topic_id in first and is_own_words(topic_id):
                continue
            paragraph = text.paragraph(start)
            paragraphs_with.setdefault(topic_id, set()).add(paragraph)
            if topic_id not in first:
                word = " ".join(text.written(start, -minus_end))
                first[topic_id] = Match(topic_id=topic_id, word=word, paragraph=paragraph)
        return tuple(
            match
            for topic_id, match in first.items()
            if match.paragraph <= _LEAD_PARAGRAPHS
            or is_own_words(topic_id)
            or len(paragraphs_with[topic_id]) >= _ENOUGH_PARAGRAPHS
        )

    def _in(self, text: PackedText) -> tuple[list[_Place], list[_Hit]]:
        """Where readers' own words are in the text and where those of the catalogue."""
        own: list[_Place] = []
        named: list[_Hit] = []
        for start, end, name in self._index.find(text.words, text.roots_at):
            if is_own_words(topic_id := TopicId(name)):
                own.append((start, -end, topic_id))
            else:
                named += [_Hit(entry=entry, start=start, end=end) for entry in self._entries[name]]
        return own, named


def _meant(named: Iterable[_Hit], text: PackedText) -> Iterator[_Place]:
    """Where the topics of the catalogue stand whose words are as asked for and in no longer name of something else."""
    worn = [hit for hit in named if _accepts(hit, text)]
    hits = sorted(_with_fewest_endings_off(worn), key=lambda hit: (hit.start, -hit.end))
    for index, hit in enumerate(hits):
        if not hit.entry.is_decoy and not any(other.hides(hit) for other in _around(hits, index)):
            yield hit.start, -hit.end, hit.entry.topic_id


def _with_fewest_endings_off(hits: Iterable[_Hit]) -> Iterator[_Hit]:
    """The hits, of which those at one place stand together, fullest form first, without what is not meant there.

    A place that needs fewer endings taken off is the one meant: Nijerya is Nigeria, not Nijer with an ending.
    """
    known: _Hit | None = None
    for hit in hits:
        if hit.entry.kind in _PLACES:
            if known is None or (known.start, known.end) != (hit.start, hit.end):
                known = hit
            elif known.entry.key != hit.entry.key:
                continue
        yield hit


def _entries(topic: Topic) -> Iterator[_Entry]:
    for is_decoy, words in ((False, topic.words), (True, topic.decoys)):
        for word in words:
            is_exact = word.startswith("=")
            read = tokens(word.removeprefix("="))
            if read.written:
                yield _Entry(
                    topic_id=topic.id,
                    kind=topic.kind,
                    key=read.stems,
                    asked=read.written,
                    is_exact=is_exact,
                    is_decoy=is_decoy,
                )


def _around(hits: Sequence[_Hit], index: int) -> Iterator[_Hit]:
    """The hits, in order, that can share a word with the one at ``index``; few, as no name has many words."""
    first = index
    while first and hits[first - 1].start >= hits[index].start - MOST_WORDS:
        first -= 1
    for other in range(first, len(hits)):
        if hits[other].start >= hits[index].end:
            break
        yield hits[other]


def _accepts(hit: _Hit, text: PackedText) -> bool:
    """Whether the words are written as the entry asks."""
    written, asked = text.written(hit.start, hit.end), hit.entry.asked
    if hit.entry.is_exact:
        return asked == tuple(written) and not (_is_acronym(asked[0]) and text.is_shouted(hit.start))
    if any(map(_is_acronym, asked)) and text.is_shouted(hit.start):
        return False
    return all(map(_wears, written, asked))


def _own_key(topic_id: TopicId) -> list[str]:
    return [stem(word) for word in phrase_of(topic_id).split(" ")]


def _wears(written: str, asked: str) -> bool:
    """Whether a word of the text has the capitals that are asked for."""
    if _is_acronym(asked):
        return written.isupper()
    return not asked[0].isupper() or written[0].isupper()


def _is_acronym(word: str) -> bool:
    return 1 < len(word) <= _LONGEST_ACRONYM and word.isupper()
