"""Several stories told in one post."""

from collections.abc import Sequence

from bot.domain.digest import Digest
from bot.domain.story import Headline, Story
from bot.messages.action import Action, Verb
from bot.messages.fitting import shorten
from bot.messages.post import Block, BlockKind, Control, Post, Tone
from bot.messages.text import strong, text
from bot.views.story_list import story_list

HEADLINES_IN_DIGEST = 10
_TITLE_ROOM = 120


def digest_post(digest: Digest) -> Post:
    """The newest headlines, how many more there are, and a button that opens them all."""
    left = digest.count - len(digest.headlines)
    more = [Block(text=text(f"… and {left} more."), kind=BlockKind.NOTE)] if left > 0 else []
    return Post(
        tone=Tone.NEWS,
        title=digest_title(digest),
        blocks=(*map(_line, digest.headlines), *more),
        controls=((Control(label=_read_label(digest.count), action=Action(verb=Verb.DIGEST, subject=digest.id)),),),
    )


def digest_title(digest: Digest) -> str:
    """How many stories there are, whose, and why they come together."""
    stories = "1 more story" if digest.count == 1 else f"{digest.count} more stories"
    if digest.source is None:
        return f"{stories} from the time when I could not post here"
    return f"{stories} from {shorten(digest.source, 100)} while we were away"


def digest_list(digest: Digest, stories: Sequence[Story], *, page: int, is_last: bool) -> Post:
    """One page of it, each story with a button that opens it."""
    return story_list(digest_title(digest), stories, verb=Verb.BROWSE, subject=digest.id, page=page, is_last=is_last)


def _line(headline: Headline) -> Block:
    return Block(text=text(strong(f"{headline.id}. "), shorten(headline.title, _TITLE_ROOM)))


def _read_label(count: int) -> str:
    return "Read it" if count == 1 else f"Read all {count}"
