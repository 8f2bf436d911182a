"""Lists of stories to choose from."""

from collections.abc import Sequence

from bot.domain.story import Story
from bot.messages.action import Action, Verb
from bot.messages.fitting import shorten
from bot.messages.post import Block, Control, Post, Tone
from bot.messages.text import link, strong, text
from bot.views.moments import moment
from bot.views.pager import pager

STORIES_ON_PAGE = 5


def story_list(title: str, stories: Sequence[Story], *, verb: Verb, subject: int, page: int, is_last: bool) -> Post:
    """Numbered headlines, each with a button that opens it. The number is what ``/story`` takes."""
    return Post(
        tone=Tone.NOTICE,
        title=title,
        blocks=tuple(_line(story) for story in stories),
        controls=(tuple(_open(story) for story in stories), *pager(verb, subject, page, is_last=is_last)),
    )


def no_stories(title: str, hint: str, *, meant: Sequence[tuple[str, int]] = ()) -> Post:
    """An empty list says what to try, with buttons for names that may have been meant and the numbers they go by."""
    suggested = tuple(
        Control(label=shorten(name, 40), action=Action(verb=Verb.HEADLINES, subject=number)) for name, number in meant
    )
    return Post(
        tone=Tone.NOTICE, title=title, blocks=(Block(text=text(hint)),), controls=(suggested,) if suggested else ()
    )


def _line(story: Story) -> Block:
    lead = story.lead
    return Block(
        text=text(
            strong(f"{story.id}. "),
            link(shorten(story.title, 160), lead.article.draft.link),
            f"\n{lead.source.title} · ",
            moment(story.at),
        )
    )


def _open(story: Story) -> Control:
    return Control(label=f"Read {story.id}", action=Action(verb=Verb.READ, subject=story.id))
