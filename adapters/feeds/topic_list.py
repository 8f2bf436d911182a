"""How the catalogue's topics travel to worker processes: what is looked for in texts, without what people are shown."""

import json
from collections.abc import Iterable
from types import MappingProxyType

from bot.domain.topic import Topic, TopicId, TopicKind


def write_topics(topics: Iterable[Topic]) -> bytes:
    """The topics as ``read_topics`` reads them."""
    return json.dumps([(topic.id, topic.kind, topic.words, topic.decoys) for topic in topics]).encode()


def read_topics(written: bytes) -> list[Topic]:
    """The topics, without names and aliases."""
    return [
        Topic(
            id=TopicId(number),
            kind=TopicKind(kind),
            names=MappingProxyType({}),
            words=tuple(words),
            decoys=tuple(decoys),
        )
        for number, kind, words, decoys in json.loads(written)
    ]
