"""What one can subscribe to: a topic of the catalogue or a reader's own words."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NewType

from bot.domain.errors import NewsbotError
from bot.domain.words import normal

TopicId = NewType("TopicId", str)

OWN_WORDS_PREFIX: Final = "words:"
SHORTEST_PHRASE: Final = 2
LONGEST_PHRASE: Final = 60
MOST_WORDS: Final = 5


class TopicError(NewsbotError):
    """The words cannot be a topic; the sentence says what would do."""


class CatalogueError(NewsbotError):
    """The catalogue file is not as it should be; the sentence names the topic and what is wrong with it."""


class TopicKind(StrEnum):
    """What sort of thing a topic is."""

    COUNTRY = "country"
    REGION = "region"
    SUBJECT = "subject"
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Something one can subscribe to.

    ``names`` is by language code and always has "en", save for a reader's own words, which have "" only. ``words`` are
    what in a text speaks of the topic, ``decoys`` longer phrases that hold such a word and mean another thing (the
    syntax of both is told in ``matching``), ``aliases`` what people type for it besides its names.
    """

    id: TopicId
    kind: TopicKind
    names: Mapping[str, str] = field(hash=False)
    words: tuple[str, ...]
    decoys: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """The name in that language, else in English."""
        return self.names.get(language) or self.names.get("en") or self.names[""]


def own_words(phrase: str) -> Topic:
    """The topic that a reader's own words are: the same for the same words, whatever case, accents and punctuation.

    Raises TopicError if it has no word, is shorter than 2 or longer than 60 characters, or has more than 5 words.
    """
    shown = " ".join(phrase.split())
    normalised = normal(shown)
    if len(shown) > LONGEST_PHRASE:
        raise TopicError(f"That is {len(shown)} characters long. A topic of your own may have {LONGEST_PHRASE}.")
    if len(normalised) < SHORTEST_PHRASE:
        raise TopicError("Please give me at least one word of two letters or more to look for.")
    if (count := len(normalised.split())) > MOST_WORDS:
        raise TopicError(
            f"Those are {count} words. A topic of your own may have {MOST_WORDS}: the fewer, the more news."
        )
    return Topic(
        id=TopicId(OWN_WORDS_PREFIX + normalised),
        kind=TopicKind.WORDS,
        names=MappingProxyType({"": shown}),
        words=(normalised,),
    )


def is_own_words(topic_id: TopicId) -> bool:
    """Whether the topic is a reader's own words."""
    return topic_id.startswith(OWN_WORDS_PREFIX)


def phrase_of(topic_id: TopicId) -> str:
    """The normalised words that a topic of a reader's own stands for."""
    return topic_id.removeprefix(OWN_WORDS_PREFIX)


class Catalogue:
    """The topics that everybody knows, in the order of the file."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        """Raises CatalogueError where two topics have the same id or answer to the same name."""
        self._by_id: dict[TopicId, Topic] = {}
        self._by_name: dict[str, Topic] = {}
        for topic in topics:
            if topic.id in self._by_id:
                raise CatalogueError(f'The catalogue has two topics "{topic.id}".')
            self._by_id[topic.id] = topic
            for name in (topic.id, *topic.names.values(), *topic.aliases):
                holder = self._by_name.setdefault(normal(name), topic)
                if holder is not topic:
                    raise CatalogueError(f'The topics "{holder.id}" and "{topic.id}" both answer to "{name}".')

    def __iter__(self) -> Iterator[Topic]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def by_id(self, topic_id: TopicId) -> Topic | None:
        """The topic with exactly that id."""
        return self._by_id.get(topic_id)

    def find(self, typed: str) -> Topic | None:
        """The topic with that name in any language, its id or an alias; case, accents and punctuation are no matter."""
        return self._by_name.get(normal(typed))

    def suggest(self, typed: str, *, limit: int = 5) -> tuple[Topic, ...]:
        """Topics whose name begins with what is typed, then those with a word that does, then those spelled alike.

        Each once, in the order of the catalogue within each group; all from the start when nothing is typed.
        """
        wanted = normal(typed)
        opens = (topic for name, topic in self._by_name.items() if name.startswith(wanted))
        holds = (topic for name, topic in self._by_name.items() if f" {wanted}" in name)
        alike = (self._by_name[name] for name in get_close_matches(wanted, self._by_name, n=limit * 2, cutoff=0.7))
        found: dict[TopicId, Topic] = {}
        for group in (opens, holds, alike):
            for topic in group:
                if len(found) == limit:
                    return tuple(found.values())
                found[topic.id] = topic
        return tuple(found.values())


def read_catalogue(text: str) -> Catalogue:
    """The catalogue that a TOML text holds as [[topic]] tables. Raises CatalogueError with what is wrong."""
    try:
        tables = tomllib.loads(text).get("topic")
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"The catalogue of topics is not valid TOML: {error}.") from error
    if not isinstance(tables, list) or not tables:
        raise CatalogueError("The catalogue of topics has no [[topic]] in it.")
    return Catalogue(map(_topic, tables))


def _topic(table: Mapping[str, Any]) -> Topic:
    topic_id = table.get("id")
    if not isinstance(topic_id, str) or topic_id != normal(topic_id).replace(" ", "-"):
        raise CatalogueError(f"A topic needs an id in small letters with hyphens, not {topic_id!r}.")
    names, words = table.get("name"), table.get("words")
    if not isinstance(names, dict) or not names.get("en"):
        raise CatalogueError(f'The topic "{topic_id}" has no English name: name = {{en = "…"}}.')
    if not isinstance(words, dict) or not any(words.values()):
        raise CatalogueError(f'The topic "{topic_id}" has no words: words = {{en = ["…"]}}.')
    kinds = [kind for kind in TopicKind if kind is not TopicKind.WORDS]
    if table.get("kind") not in kinds:
        raise CatalogueError(f'The topic "{topic_id}" needs a kind: {", ".join(kinds)}.')
    return Topic(
        id=TopicId(topic_id),
        kind=TopicKind(table["kind"]),
        names=MappingProxyType(dict(names)),
        words=tuple(dict.fromkeys(word for language in words.values() for word in language)),
        decoys=tuple(table.get("decoys", ())),
        aliases=tuple(table.get("aliases", ())),
    )
