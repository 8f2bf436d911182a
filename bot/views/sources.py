"""Who tells a story, and what moderators made of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.story import Headline, Story, Told
from bot.messages.action import Action, Verb
from bot.messages.fitting import shorten
from bot.messages.post import Block, BlockKind, Control, Post, Tone
from bot.messages.text import Span, link, strong, text
from bot.views.moments import moment

_SHOWN = 8
_TITLE_ROOM = 160
_FOLLOWS_SOON = "Posts that stand already follow in a moment."


@dataclass(frozen=True, slots=True, kw_only=True)
class Joinable:
    """A story that may be of the same event, and the number that stands for the pair in buttons."""

    story: Headline
    pair: int


def sources(story: Story, *, may_edit: bool, joinable: Sequence[Joinable] = ()) -> Post:
    """Every telling with its source; for who may edit also buttons that part it off, and that join other stories."""
    shown = story.told[:_SHOWN]
    blocks = [_telling(number, told) for number, told in enumerate(shown, start=1)]
    if len(story.told) > len(shown):
        blocks.append(Block(text=text(f"… and {len(story.told) - len(shown)} more."), kind=BlockKind.NOTE))
    controls: list[tuple[Control, ...]] = []
    if may_edit and len(story.told) > 1:
        blocks.append(Block(text=text("Not the same event? Split off what does not belong here."), kind=BlockKind.NOTE))
        splits = [_split(number, told) for number, told in enumerate(shown, start=1)]
        controls += [tuple(splits[start : start + 2]) for start in range(0, len(splits), 2)]
    if may_edit and joinable:
        offered = "\n".join(f"{other.story.id}. {shorten(other.story.title, 100)}" for other in joinable)
        blocks.append(Block(text=text(f"The same event as one of these? Make them one story:\n{offered}")))
        controls.append(tuple(map(_join, joinable)))
    return Post(
        tone=Tone.NOTICE,
        title=shorten(story.title, 200),
        byline=text("Told by 1 source" if len(story.told) == 1 else f"Told {len(story.told)} times"),
        blocks=tuple(blocks),
        controls=tuple(controls),
    )


def parted(left: Story, own: Story, *, pair: int) -> Post:
    """What became of a story that was two; ``pair`` is the number that the undo button carries."""
    return Post(
        tone=Tone.NOTICE,
        title="These are two stories now",
        blocks=(_line(left), _line(own), Block(text=text(_FOLLOWS_SOON), kind=BlockKind.NOTE)),
        controls=((_read(left), _read(own)), (_undo(Verb.JOIN, pair),)),
    )


def joined(story: Story, *, pair: int) -> Post:
    """What became of two stories that were one; ``pair`` is the number that the undo button carries."""
    return Post(
        tone=Tone.NOTICE,
        title="This is one story now",
        blocks=(
            _line(story),
            Block(text=text(f"The opinions on both stand under it. {_FOLLOWS_SOON}"), kind=BlockKind.NOTE),
        ),
        controls=((_read(story),), (_undo(Verb.PART, pair),)),
    )


def _telling(number: int, told: Told) -> Block:
    draft, former = told.article.draft, told.article.former_titles
    said: list[Span | str] = [strong(f"{number}. {told.source.title}"), " · ", moment(told.at)]
    said += ["\n", link(shorten(draft.title, _TITLE_ROOM), draft.link)]
    if former:
        said += [f"\nEarlier title: {shorten(former[-1], _TITLE_ROOM)}"]
    return Block(text=text(*said))


def _line(story: Story) -> Block:
    tellers = dict.fromkeys(told.source.title for told in story.told)
    named = shorten(", ".join(tellers), 120)
    return Block(text=text(strong(f"{story.id}. "), shorten(story.title, _TITLE_ROOM), f"\n{named}"))


def _split(number: int, told: Told) -> Control:
    label = shorten(f"Split off {number}. {told.source.title}", 40)
    return Control(label=label, action=Action(verb=Verb.SPLIT, subject=told.article.id))


def _join(other: Joinable) -> Control:
    return Control(label=f"Join {other.story.id}", action=Action(verb=Verb.JOIN, subject=other.pair))


def _read(story: Story) -> Control:
    return Control(label=f"Read {story.id}", action=Action(verb=Verb.READ, subject=story.id))


def _undo(verb: Verb, pair: int) -> Control:
    return Control(label="Undo", action=Action(verb=verb, subject=pair))
