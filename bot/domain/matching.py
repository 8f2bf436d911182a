"""Which topics a text speaks of and which word says so.

A word of a topic is one to five words as they stand in a dictionary. Inflected forms are found by themselves
(``words``). A capital in it asks for a capital in the text: "Turkey" is not in "turkey with plums", while "oil" is in
"Oil". Capitals throughout, up to three of them, ask for the same ("US" is no pronoun), and such short ones are not
looked for in a line that is all capitals. With "=" in front the word is taken letter by letter, without inflection.
Where a text has a longer name of a place, the shorter ones within it are not meant: South Sudan is not Sudan.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.domain.topic import MOST_WORDS, Topic, TopicId, TopicKind
from bot.domain.words import Token, is_turkic, stem, tokens, turkic_roots

_LONGEST_ACRONYM = 3
_LEAD_PARAGRAPHS = 3
_ENOUGH_PARAGRAPHS = 2
_PLACES = (TopicKind.COUNTRY, TopicKind.REGION)


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
    """Finds the topics of texts in one pass each, however many topics there are."""

    def __init__(self, topics: Iterable[Topic] = ()) -> None:
        self._topics: dict[TopicId, tuple[_Entry, ...]] = {}
        self._entries: dict[tuple[str, ...], list[_Entry]] = {}
        self._openers: Counter[tuple[str, int]] = Counter()
        self._lengths: Counter[int] = Counter()
        for topic in topics:
            self.add(topic)

    def add(self, topic: Topic) -> None:
        """Look for this topic from now on, instead of what was looked for under its id."""
        self.remove(topic.id)
        entries = tuple(_entries(topic))
        self._topics[topic.id] = entries
        for entry in entries:
            self._entries.setdefault(entry.key, []).append(entry)
            self._openers[entry.key[0], len(entry.key)] += 1
            self._lengths[len(entry.key)] += 1

    def remove(self, topic_id: TopicId) -> None:
        """Look for this topic no more; nothing happens if it was not looked for."""
        for entry in self._topics.pop(topic_id, ()):
            there = self._entries[entry.key]
            there.remove(entry)
            if not there:
                del self._entries[entry.key]
            self._openers[entry.key[0], len(entry.key)] -= 1
            self._lengths[len(entry.key)] -= 1

    def match(self, title: str, paragraphs: Sequence[str]) -> tuple[Match, ...]:
        """Each topic that the text is about, once, with the place that says so first; in the order of these places.

        A topic of the catalogue counts when it is in the title, in the first three paragraphs or in two of the others:
        what is mentioned in passing is not what a text is about. A reader's own words count wherever they stand.
        """
        parts = (title, *paragraphs)
        turkic = is_turkic("\n".join(parts))
        first: dict[TopicId, Match] = {}
        places: Counter[TopicId] = Counter()
        for number, part in enumerate(parts):
            for topic_id, word in self._in(part, turkic=turkic).items():
                places[topic_id] += 1
                first.setdefault(topic_id, Match(topic_id=topic_id, word=word, paragraph=number))
        return tuple(
            match
            for topic_id, match in first.items()
            if match.paragraph <= _LEAD_PARAGRAPHS
            or places[topic_id] >= _ENOUGH_PARAGRAPHS
            or self._topics[topic_id][0].kind is TopicKind.WORDS
        )

    def _in(self, text: str, *, turkic: bool) -> dict[TopicId, str]:
        """The topics in one paragraph with the words that say so, in the order of these words."""
        read = tuple(tokens(text))
        hits = sorted(self._hits(read, shouted=text.isupper(), turkic=turkic), key=lambda hit: (hit.start, -hit.end))
        found: dict[TopicId, str] = {}
        for index, hit in enumerate(hits):
            if hit.entry.is_decoy or hit.entry.topic_id in found:
                continue
            if not any(other.hides(hit) for other in _around(hits, index)):
                found[hit.entry.topic_id] = " ".join(token.written for token in read[hit.start : hit.end])
        return found

    def _hits(self, read: Sequence[Token], *, shouted: bool, turkic: bool) -> Iterator[_Hit]:
        stems = [stem(token.folded) for token in read]
        endless = [(stems[n], *(turkic_roots(token.folded) if turkic else ())) for n, token in enumerate(read)]
        lengths = [length for length, count in self._lengths.items() if count]
        for start, opening in enumerate(stems):
            for length in lengths:
                end = start + length
                if end <= len(read) and (length == 1 or self._openers[opening, length]):
                    keys = ((*stems[start : end - 1], last) for last in endless[end - 1])
                    for entry in self._accepted(keys, read[start:end], shouted=shouted):
                        yield _Hit(entry=entry, start=start, end=end)

    def _accepted(
        self, keys: Iterable[tuple[str, ...]], written: Sequence[Token], *, shouted: bool
    ) -> Iterator[_Entry]:
        """The words of topics that some words of a text are, given these words' possible keys, fullest first.

        A place that needs fewer endings taken off is the one meant: Nijerya is Nigeria, not Nijer with an ending.
        """
        knows_place = False
        for key in keys:
            accepted = [entry for entry in self._entries.get(key, ()) if _accepts(entry, written, shouted=shouted)]
            yield from (entry for entry in accepted if not (knows_place and entry.kind in _PLACES))
            knows_place = knows_place or any(entry.kind in _PLACES for entry in accepted)


def _entries(topic: Topic) -> Iterator[_Entry]:
    for is_decoy, words in ((False, topic.words), (True, topic.decoys)):
        for word in words:
            is_exact = word.startswith("=")
            read = tuple(tokens(word.removeprefix("=")))
            if read:
                yield _Entry(
                    topic_id=topic.id,
                    kind=topic.kind,
                    key=tuple(stem(token.folded) for token in read),
                    asked=tuple(token.written for token in read),
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


def _accepts(entry: _Entry, written: Sequence[Token], *, shouted: bool) -> bool:
    if entry.is_exact:
        return entry.asked == tuple(token.written for token in written) and not (
            shouted and _is_acronym(entry.asked[0])
        )
    return all(_wears(token.written, asked, shouted=shouted) for token, asked in zip(written, entry.asked, strict=True))


def _wears(written: str, asked: str, *, shouted: bool) -> bool:
    """Whether a word of the text has the capitals that are asked for."""
    if _is_acronym(asked):
        return written.isupper() and not shouted
    return not asked[0].isupper() or written[0].isupper()


def _is_acronym(word: str) -> bool:
    return 1 < len(word) <= _LONGEST_ACRONYM and word.isupper()
