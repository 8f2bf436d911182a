"""A message with no platform in it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.messages.action import Action
from bot.messages.text import Text


class Tone(StrEnum):
    """What kind of message it is; a platform may give each its look."""

    BREAKING = "breaking"
    NEWS = "news"
    STORY = "story"
    OPINION = "opinion"
    NOTICE = "notice"
    TROUBLE = "trouble"


class BlockKind(StrEnum):
    """What a paragraph is."""

    BODY = "body"
    QUOTE = "quote"
    NOTE = "note"
    HEADING = "heading"
    ITEM = "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph. Its text may hold single line ends; never empty.

    ``number`` is that of an item in a numbered list; an item without one has a bullet.
    """

    text: Text
    kind: BlockKind = BlockKind.BODY
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture by address (http or https), with words for those who cannot see it."""

    address: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A button: it does an ``action`` or opens a ``link``, exactly one of them unless it ``is_disabled``."""

    label: str
    action: Action | None = None
    link: str | None = None
    is_primary: bool = False
    is_disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What is to be shown, most important first.

    ``link`` is where the title leads; ``byline`` stands under the title in small print; ``controls`` are rows of
    buttons.
    """

    tone: Tone
    title: str | None = None
    link: str | None = None
    byline: Text = ()
    blocks: tuple[Block, ...] = ()
    image: Image | None = None
    controls: tuple[tuple[Control, ...], ...] = ()
