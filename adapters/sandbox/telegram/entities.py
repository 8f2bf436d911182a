"""Formatting of a message: entities, counted in UTF-16 units, checked and repaired as TDLib does."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from adapters.sandbox.telegram.errors import BadRequestError
from adapters.sandbox.telegram.links import checked_link, mentioned_user
from adapters.sandbox.telegram.params import whole

ENTITIES_AT_MOST = 100
SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
QUOTES = ("blockquote", "expandable_blockquote")
# On an equal range the earlier kind wins (TDLib's order of entity types).
_EXCLUSIVE = ("pre", "code", "date_time", "text_link", "text_mention", "custom_emoji")
_PLACE_AT_MOST = 1_000_000  # TDLib's own bound
_UNSTYLED = ("pre", "code", "date_time")
# Found by the server itself in the text; given directly they are ignored.
_DETECTED = ("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One formatted stretch; ``offset`` and ``length`` are in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    user: int | None = None
    custom_emoji_id: str | None = None
    unix_time: int | None = None
    date_time_format: str | None = None

    @property
    def end(self) -> int:
        return self.offset + self.length

    def as_json(self) -> dict[str, object]:
        """The Bot API's MessageEntity; ``user`` stays a bare id."""
        body: dict[str, object] = {"type": self.type, "offset": self.offset, "length": self.length}
        for name in ("url", "language", "user", "custom_emoji_id", "unix_time", "date_time_format"):
            value = getattr(self, name)
            if value is not None:
                body[name] = value
        return body


def utf16_length(text: str) -> int:
    """How long Telegram says the text is."""
    if not text or max(text) <= "\uffff":
        return len(text)
    return len(text) + sum(character > "\uffff" for character in text)


def utf16_prefix(text: str) -> Sequence[int]:
    """For every index of the text, and its end, the offset in UTF-16 units."""
    if not text or max(text) <= "\uffff":
        return range(len(text) + 1)
    offsets = [0]
    for character in text:
        offsets.append(offsets[-1] + 1 + (character > "\uffff"))
    return offsets


def given(raw: object, text: str) -> tuple[Entity, ...]:
    """Entities that the bot handed in beside the text. Raises BadRequestError as TDLib words it."""
    if not isinstance(raw, list):
        raise BadRequestError("expected an Array of MessageEntity")
    entities = tuple(entity for entity in map(_entity, raw) if entity is not None)
    starts = {unit: at for at, unit in enumerate(utf16_prefix(text))}
    for entity in entities:
        for name, value in (("offset", entity.offset), ("length", entity.length)):
            if not 0 <= value <= _PLACE_AT_MOST:
                raise BadRequestError(f"receive an entity with incorrect {name} {value}")
        if entity.length:
            _check_range(entity, text, starts)
    return tuple(entity for entity in entities if entity.length)


def _check_range(entity: Entity, text: str, starts: Mapping[int, int]) -> None:
    if entity.end > utf16_length(text):
        raise BadRequestError(
            f"entity beginning at UTF-16 offset {entity.offset} ends after the end of the text"
            f" at UTF-16 offset {entity.end}"
        )
    for unit, verb in ((entity.offset, "begins"), (entity.end, "ends")):
        if unit not in starts:
            at = len(text[: starts[unit - 1]].encode())
            raise BadRequestError(f"entity {verb} in a middle of a UTF-16 symbol at byte offset {at}")


def _entity(raw: object) -> Entity | None:
    if not isinstance(raw, Mapping):
        raise BadRequestError("can't parse MessageEntity: expected an Object")
    for name in ("type", "offset", "length"):
        if name not in raw:
            raise BadRequestError(f"can't parse MessageEntity: Can't find field \"{name}\"")
    kind = str(raw["type"])
    offset, length = _number(raw["offset"]), _number(raw["length"])
    if kind in _DETECTED:
        return None
    if kind not in (*SPLITTABLE, *QUOTES, *_EXCLUSIVE):
        raise BadRequestError("can't parse MessageEntity: Unsupported type specified")
    return _detailed(Entity(type=kind, offset=offset, length=length), raw)


def _detailed(entity: Entity, raw: Mapping[str, Any]) -> Entity | None:
    match entity.type:
        case "text_link":
            return linked(entity, str(raw.get("url", "")), strict=True)
        case "text_mention":
            user = raw.get("user")
            return replace(entity, user=_number(user["id"])) if isinstance(user, Mapping) and "id" in user else None
        case "pre":
            return replace(entity, language=str(raw["language"]) if raw.get("language") else None)
        case "custom_emoji":
            return replace(entity, custom_emoji_id=str(raw.get("custom_emoji_id", "")))
        case "date_time":
            look = raw.get("date_time_format")
            return replace(
                entity, unix_time=_number(raw.get("unix_time")), date_time_format=str(look) if look else None
            )
        case _:
            return entity


def _number(value: object) -> int:
    number = whole(value)
    if number is None:
        raise BadRequestError("can't parse MessageEntity: Field must be of type Number")
    return number


def linked(entity: Entity, url: str, *, strict: bool) -> Entity | None:
    """The entity as a link or a mention by link; None for no valid link, or BadRequestError where ``strict``."""
    user = mentioned_user(url)
    if user is not None:
        return replace(entity, type="text_mention", user=user)
    checked = checked_link(url)
    if checked is not None:
        return replace(entity, type="text_link", url=checked)
    if strict:
        raise BadRequestError(f"entity URL '{url}' is invalid: Wrong HTTP URL")
    return None


def repaired(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Entities as they go out: no exclusive ones inside each other, styles merged, at most 100; never an error."""
    entities = list(entities)
    quotes = _outermost(entity for entity in entities if entity.type in QUOTES)
    exclusive = _outermost(
        entity
        for entity in entities
        if entity.type in _EXCLUSIVE and not any(_crosses(entity, quote) for quote in quotes)
    )
    edges = sorted({edge for entity in (*exclusive, *quotes) for edge in (entity.offset, entity.end)})
    styles = [
        piece
        for kind in SPLITTABLE
        for run in _merged(entity for entity in entities if entity.type == kind)
        for piece in _split(run, edges)
        if not any(e.type in _UNSTYLED and e.offset <= piece.offset and piece.end <= e.end for e in exclusive)
    ]
    emoji = [entity for entity in exclusive if entity.type == "custom_emoji"]
    kept = [*(e for e in exclusive if e.type != "custom_emoji"), *quotes, *styles][:ENTITIES_AT_MOST]
    return tuple(sorted([*kept, *emoji], key=_order))


def _order(entity: Entity) -> tuple[int, int, int]:
    kinds = (*QUOTES, *_EXCLUSIVE, *SPLITTABLE)
    return entity.offset, -entity.length, kinds.index(entity.type) if entity.type in kinds else len(kinds)


def _outermost(entities: Iterable[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for entity in sorted(entities, key=_order):
        if not kept or entity.offset >= kept[-1].end:
            kept.append(entity)
    return kept


def _crosses(one: Entity, other: Entity) -> bool:
    if one.end <= other.offset or other.end <= one.offset:
        return False
    inside = other.offset <= one.offset and one.end <= other.end
    around = one.offset <= other.offset and other.end <= one.end
    return not inside and not (around and one.type in QUOTES)


def _merged(entities: Iterable[Entity]) -> list[Entity]:
    runs: list[Entity] = []
    for entity in sorted(entities, key=_order):
        if runs and entity.offset <= runs[-1].end:
            runs[-1] = replace(runs[-1], length=max(runs[-1].end, entity.end) - runs[-1].offset)
        else:
            runs.append(entity)
    return runs


def _split(run: Entity, edges: Sequence[int]) -> list[Entity]:
    """The run cut at those of the edges, which are in order, that lie within it."""
    cuts = edges[bisect_right(edges, run.offset) : bisect_left(edges, run.end)]
    places = [run.offset, *cuts, run.end]
    return [replace(run, offset=start, length=end - start) for start, end in pairwise(places)]
