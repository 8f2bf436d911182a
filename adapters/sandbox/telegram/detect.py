"""Links, mentions and commands that the server finds in plain text by itself."""

import re

from adapters.sandbox.telegram.entities import Entity, utf16_prefix

_FOUND = re.compile(
    r"(?P<url>\b(?:https?://|www\.)[^\s<>\"']*[^\s<>\"'.,:;!?)\]}»”…]"
    r"|(?<![\w@./])(?:t\.me|telegram\.me)/[^\s<>\"']*[^\s<>\"'.,:;!?)\]}»”…])"
    r"|(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<mention>(?<![\w@/])@[A-Za-z]\w{3,31}\b)"
    r"|(?P<hashtag>(?<![\w#&/])#\w*[^\W\d]\w*)"
    r"|(?P<bot_command>(?<![\w/@<>])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/@]))"
)
_MARKS = ("/", "@", "#", "www.")  # without one of these there is nothing to find
_HIDING = ("text_link", "text_mention", "pre", "code", "date_time")


def detected(text: str, entities: tuple[Entity, ...] = ()) -> tuple[Entity, ...]:
    """The entities of the text with those that the server finds added, in order."""
    if not any(mark in text for mark in _MARKS):
        return entities
    offsets = utf16_prefix(text)
    hiding = [entity for entity in entities if entity.type in _HIDING]
    found = []
    for match in _FOUND.finditer(text):
        start, end = offsets[match.start()], offsets[match.end()]
        if match.lastgroup and not any(entity.offset < end and start < entity.end for entity in hiding):
            found.append(Entity(type=match.lastgroup, offset=start, length=end - start))
    return tuple(sorted([*entities, *found], key=lambda entity: (entity.offset, -entity.length))) if found else entities
