"""A story's card: what is posted in channels and brought up to date."""

from bot.domain.opinion import Opinion, Tally
from bot.domain.story import Story, minutes_to_read
from bot.domain.urgency import is_breaking
from bot.messages.action import Action, Verb
from bot.messages.fitting import ELLIPSIS, shorten
from bot.messages.post import Block, BlockKind, Control, Image, Post, Tone
from bot.messages.text import Span, Text, link, text
from bot.views.moments import moment
from bot.views.tally import bar, in_words

_TEASER_ROOM = 420
_WORDS_ROOM = 160
_WORTH_SHOWING = 24


def card(story: Story) -> Post:
    """The card: title, who says so and when, the beginning, how opinions stand, and buttons."""
    draft = story.lead.article.draft
    return Post(
        tone=Tone.BREAKING if is_breaking(draft.title) else Tone.NEWS,
        title=draft.title,
        link=draft.link,
        byline=byline(story),
        blocks=(*_beginning(story), *_opinions(story)),
        image=Image(address=draft.image, alt=draft.title) if draft.image else None,
        controls=_controls(story),
    )


def byline(story: Story) -> Text:
    """Source, time, reading time, and who else reports it."""
    draft, source = story.lead.article.draft, story.lead.source
    others = list(dict.fromkeys(told.source.title for told in story.told if told.source.id != source.id))
    parts: list[Span | str] = [link(source.title, draft.link or source.site)]
    if draft.author:
        parts += [" · ", shorten(draft.author, 60)]
    parts += [" · ", moment(story.at)]
    if len(draft.paragraphs) > 1:
        parts += [f" · {minutes_to_read(draft.paragraphs)} min read"]
    if others:
        parts += [" · also: ", shorten(", ".join(others), 120)]
    return text(*parts)


def _beginning(story: Story) -> tuple[Block, ...]:
    draft = story.lead.article.draft
    beginning = draft.teaser or (draft.paragraphs[0] if draft.paragraphs else "")
    if not draft.has_own_title:
        beginning = _after_title(draft.title, beginning)
    blocks = [Block(text=text(shorten(beginning, _TEASER_ROOM)))] if beginning else []
    if not draft.is_complete:
        blocks.append(Block(text=text("The source shows only the beginning."), kind=BlockKind.NOTE))
    return tuple(blocks)


def _after_title(title: str, lead: str) -> str:
    """What the lead says beyond a title that was made from its beginning."""
    told = title.rstrip(ELLIPSIS).rstrip()
    if not lead.startswith(told):
        return lead
    rest = lead[len(told) :]
    ends_a_sentence = rest.startswith((".", "!", "?")) or told.endswith((".", "!", "?"))
    rest = rest.lstrip(" ,;:–—-.!?")
    if len(rest) < _WORTH_SHOWING:
        return ""
    return rest if ends_a_sentence else ELLIPSIS + rest


def _opinions(story: Story) -> tuple[Block, ...]:
    blocks = []
    if _has_stances(story.tally):
        blocks.append(Block(text=text(bar(story.tally), "\n", in_words(story.tally))))
    elif story.tally.words:
        blocks.append(Block(text=text(in_words(story.tally)), kind=BlockKind.NOTE))
    if story.latest:
        blocks.append(voice(story.latest[0], room=_WORDS_ROOM))
    return tuple(blocks)


def voice(opinion: Opinion, *, room: int | None = None) -> Block:
    """One opinion's words, and where they were said."""
    words = " ".join((opinion.words or "").split("\n")) if room else opinion.words or ""
    shown = shorten(words, room) if room else words
    said = text(f"“{shown}”", f" — a reader on {opinion.person.ref.platform.capitalize()}")
    return Block(text=said, kind=BlockKind.QUOTE)


def _has_stances(tally: Tally) -> bool:
    return bool(tally.in_favour or tally.against or tally.mixed)


def _controls(story: Story) -> tuple[tuple[Control, ...], ...]:
    return (
        (
            Control(label="Read", action=Action(verb=Verb.READ, subject=story.id), is_primary=True),
            Control(label=f"Opinions ({story.tally.words})", action=Action(verb=Verb.OPINIONS, subject=story.id)),
        ),
        (
            Control(label=_counted("👍", story.tally.in_favour), action=Action(verb=Verb.FAVOUR, subject=story.id)),
            Control(label=_counted("👎", story.tally.against), action=Action(verb=Verb.OPPOSE, subject=story.id)),
        ),
    )


def _counted(sign: str, number: int) -> str:
    return f"{sign} {number}"
