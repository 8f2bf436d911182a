"""Whether a line goes on with the story before it, judged by what can be pointed at in the text.

A lead explains itself: it names people in full, opens with its own subject and needs nothing before it. A later
paragraph leans on what came before: it quotes without saying who, says "he", or "Aliyev" for Ilham Aliyev. Each such
sign has a weight; a line with enough weight goes on, and without evidence it begins anew. That two lines name the same
country is not enough by itself, since a page of news is full of these.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from bot.domain.words import fold

ENOUGH = 2
_QUOTES = 3
_SHORT_FORM = 3
_FULL_NAME_AGAIN = 2
_PRONOUN = 2
_UNDER_A_TITLE = 3
_WEAK_SIGN = 1
_NEW_SUBJECT = -2

AHEAD = 6
_OPENING_WORDS = 5
_PRONOUN_WORDS = 8
_SUBJECT_WORDS = 3
_RARE_LETTERS = 5
_SHARED_WORDS = 2
_KEY_LETTERS = 5
"""Names are the same when they begin alike: Aliyev and Aliyev's, Azerbaijan and Azerbaijani, Алиев and Алиева."""

_WORD = re.compile(r"[^\W\d_](?:\.[^\W\d_]){1,8}(?![^\W\d_])|[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_OPENING_MARKS = "“\"«„‘'—–-•"
_SENTENCE_ENDS = ".!?…:"
_PRONOUNS = frozenset(("he", "she", "they", "он", "она", "они"))
_OPENING_PRONOUNS = frozenset(
    (
        *("it", "its", "his", "her", "their", "this", "these", "those", "it’s", "it's"),
        *("его", "её", "их", "это", "эти", "этот", "эта"),
        *("o", "onun", "onlar", "onların", "bu", "bunlar", "həmin"),
    )
)
_CONNECTIVES = frozenset(
    (
        *("however", "meanwhile", "but", "and", "also", "still", "according", "asked", "speaking", "referring"),
        *("moreover", "furthermore", "nevertheless", "instead", "earlier", "later"),
        *("однако", "также", "между", "кроме", "ранее", "напомним", "отметим", "но", "по", "при", "этом"),
        *("həmçinin", "lakin", "ancaq", "bununla", "qeyd", "daha", "eyni", "xatırladaq"),
        *("ayrıca", "öte", "bunun", "açıklamada", "fakat"),
    )
)
_CALENDAR_WORDS = (
    *("I", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    *("Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık"),
    *("Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma", "Cumartesi", "Pazar"),
)
_CALENDAR = frozenset(fold(word)[:_KEY_LETTERS] for word in _CALENDAR_WORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one line shows.

    Of its ``names`` some are ``bare`` (stand alone) or ``full`` (the last of a longer one). ``opening_words`` are those
    of the first three that stand before any name; ``rare_words`` all long enough to tell what a line is about.
    """

    opens_with_quote: bool
    opens_with_connective: bool
    opens_with_article: bool
    leans_on_a_pronoun: bool
    opening_names: frozenset[str]
    opening_words: frozenset[str]
    names: frozenset[str]
    bare: frozenset[str]
    full: frozenset[str]
    rare_words: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    text: str
    beginning: str
    key: str
    is_capital: bool
    is_possessive: bool
    opens_sentence: bool
    joins_previous: bool


class Running:
    """The story that is running: what its lines have shown so far."""

    def __init__(self, lead: Reading, *, has_own_title: bool = False) -> None:
        self._has_own_title = has_own_title
        self._names: set[str] = set()
        self._full: set[str] = set()
        self._protagonists: set[str] = set()
        self._lead = lead
        self._recent_words: list[frozenset[str]] = []
        self.take(lead)

    def take(self, line: Reading) -> None:
        """The line belongs to the story."""
        self._protagonists |= line.bare & self._lead.full
        self._names |= line.names
        self._full |= line.full
        self._recent_words = [*self._recent_words[-1:], line.rare_words]

    def continues_with(self, line: Reading, ahead: Sequence[Reading]) -> bool:
        """Whether the line belongs to the story too; ``ahead`` are the next lines, AHEAD of them at most."""
        return self.evidence(line, ahead) >= ENOUGH

    def evidence(self, line: Reading, ahead: Sequence[Reading]) -> int:
        """The weight of all that ties the line to the story, less that of a new subject in its opening."""
        leans = bool(line.bare & self._full)
        weight = 0
        if line.opens_with_quote:
            weight += _QUOTES
        if leans:
            weight += _SHORT_FORM
        if line.full & self._full:
            weight += _FULL_NAME_AGAIN
        if line.leans_on_a_pronoun:
            weight += _PRONOUN
        if self._has_own_title:
            weight += _UNDER_A_TITLE
        words = self._lead.rare_words.union(*self._recent_words)
        subject_is_known = bool(line.opening_words & words)
        weak = (
            line.names & self._names,
            any(self._protagonists & reading.bare for reading in ahead),
            len(line.rare_words & words) >= _SHARED_WORDS,
            subject_is_known,
            subject_is_known and line.opens_with_article,
            line.opens_with_connective,
        )
        weight += _WEAK_SIGN * sum(map(bool, weak))
        if line.opening_names and not (leans or subject_is_known or line.opening_names & self._names):
            weight += _NEW_SUBJECT
        return weight


def readings(lines: Sequence[str]) -> tuple[Reading, ...]:
    """What each line shows, given the page: a capital at a sentence's start is a name if it is one elsewhere."""
    words = [tuple(_words(line)) for line in lines]
    known = {word.key for line in words for word in line if word.is_capital and not word.opens_sentence} - _CALENDAR
    return tuple(_reading(line, read, known) for line, read in zip(lines, words, strict=True))


def _words(line: str) -> Iterator[_Word]:
    end = 0
    was_capital = False
    was_dotted = False
    for found in _WORD.finditer(line):
        text = found.group()
        between = line[end : found.start()]
        opens = not end or (not was_dotted and between != " " and any(mark in between for mark in _SENTENCE_ENDS))
        is_capital = text[0].isupper()
        name, _, suffix = text.replace("’", "'").replace("ʼ", "'").partition("'")
        yield _Word(
            text=text,
            beginning=text[:_RARE_LETTERS].lower(),
            key=fold(name.replace(".", ""))[:_KEY_LETTERS] if is_capital else "",
            is_capital=is_capital,
            is_possessive=bool(suffix) and suffix.islower(),
            opens_sentence=opens,
            joins_previous=was_capital and between.strip(". ") == "" and not opens,
        )
        end, was_capital, was_dotted = found.end(), is_capital, "." in text


def _reading(line: str, words: Sequence[_Word], known: set[str]) -> Reading:
    names: set[str] = set()
    bare: set[str] = set()
    full: set[str] = set()
    for run in _runs(words):
        keys = [word.key for word in run if _is_name(word, known)]
        names.update(keys)
        if len(run) > 1 and _is_name(run[-1], known):
            full.add(run[-1].key)
        elif len(run) == 1:
            bare.update(keys)
    plain = [word for word in words if len(word.text) >= _RARE_LETTERS and not (word.is_capital and word.key in names)]
    subject = words[:_OPENING_WORDS]
    before_names = takewhile(lambda word: not (word.is_capital and word.key in names), words[:_SUBJECT_WORDS])
    return Reading(
        opens_with_quote=line[:1] in _OPENING_MARKS,
        opens_with_connective=bool(words) and words[0].text.lower() in _CONNECTIVES,
        opens_with_article=bool(words) and words[0].text == "The",
        leans_on_a_pronoun=_leans_on_a_pronoun(words),
        opening_names=frozenset(word.key for word in subject if word.key in names),
        opening_words=frozenset(word.beginning for word in before_names if len(word.text) >= _RARE_LETTERS),
        names=frozenset(names),
        bare=frozenset(bare),
        full=frozenset(full),
        rare_words=frozenset(word.beginning for word in plain),
    )


def _runs(words: Sequence[_Word]) -> Iterator[list[_Word]]:
    """Neighbouring capitals, each such run once."""
    run: list[_Word] = []
    for word in words:
        if not word.is_capital:
            continue
        if run and not word.joins_previous:
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _is_name(word: _Word, known: set[str]) -> bool:
    if word.key in _CALENDAR:
        return False
    return not word.opens_sentence or word.is_possessive or word.key in known


def _leans_on_a_pronoun(words: Sequence[_Word]) -> bool:
    """Whether the line opens with somebody whom it has not named."""
    if words and words[0].text.lower() in _OPENING_PRONOUNS:
        return True
    for word in words[:_PRONOUN_WORDS]:
        if word.joins_previous and word.is_capital:
            return False
        if word.text.lower() in _PRONOUNS:
            return True
    return False
