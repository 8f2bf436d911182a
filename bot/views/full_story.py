"""A whole story, page by page."""

from collections.abc import Sequence

from bot.domain.article import Article
from bot.domain.paragraph import Paragraph, ParagraphKind, Stress
from bot.domain.story import Headline, Story
from bot.messages.action import Action, Verb
from bot.messages.fitting import paginate, shorten
from bot.messages.limits import Limits
from bot.messages.post import Block, BlockKind, Control, Image, Post, Tone
from bot.messages.text import Span, Style, plain, text
from bot.views.headline import byline
from bot.views.pager import pager

_KINDS = {
    ParagraphKind.TEXT: BlockKind.BODY,
    ParagraphKind.HEADING: BlockKind.HEADING,
    ParagraphKind.QUOTE: BlockKind.QUOTE,
    ParagraphKind.ITEM: BlockKind.ITEM,
}
_STYLES = {None: Style.PLAIN, Stress.STRONG: Style.STRONG, Stress.EMPHASIS: Style.EMPHASIS}

_ENDING = ("The source shows only the beginning.", "Its page has the rest: press the title.")
_ENDINGS = {
    "cut": ("This is a very long text, of which only the beginning is kept.", "Press the title for the rest."),
    "paywall": (
        "The source shows only the beginning: the rest is for its subscribers.",
        "Press the title to read it there.",
    ),
    "bot_check": (
        "The source shows only the beginning: its site wants to see a person before it shows more.",
        "Press the title to read it there.",
    ),
    "robots": (
        "The source shows only the beginning: its site asks bots to leave the rest alone.",
        "Press the title to read it there.",
    ),
    "gone": ("The source shows only the beginning, and its page is no longer there.", ""),
}
"""By the problem that its page had: what a reader is told, and where to go from there."""

DEFAULT_QUESTION = "What is your opinion on this topic?"
_TITLE_ROOM = 300
_FORMER_TITLE_ROOM = 150
_FORMER_TITLES = 3
_RELATED_TITLE_ROOM = 100


def full_story(story: Story, limits: Limits, *, page: int = 0, related: Sequence[Headline] = ()) -> Post:
    """One page of the story; a number beyond the last page shows the last. Every paragraph is on one, in order.

    The last page offers ``related`` stories.
    """
    draft = story.lead.article.draft
    title = shorten(draft.title, _TITLE_ROOM)
    told, caption = byline(story), story.lead.article.caption
    around = limits.measure(title) + limits.measure(plain(told)) + 8
    pages = paginate(_blocks(story, related), max(limits.text - around, 200), limits.measure, mark=limits.mark)
    shown = min(max(page, 0), len(pages) - 1)
    is_last = shown == len(pages) - 1
    return Post(
        tone=Tone.STORY,
        title=title,
        link=draft.link,
        byline=told,
        blocks=pages[shown],
        image=Image(address=draft.image, alt=caption or draft.title) if draft.image and shown == 0 else None,
        controls=(
            *pager(Verb.TURN, story.id, shown, pages=len(pages), is_last=is_last),
            _opinion_row(story),
            *_sources_row(story),
            *(_related_row(related) if is_last else ()),
        ),
    )


def question(story: Story) -> str:
    """What the source asks its readers, or what we ask where it asks nothing."""
    prompt = story.lead.source.opinion_prompt
    return prompt[0] if prompt else DEFAULT_QUESTION


def _blocks(story: Story, related: Sequence[Headline]) -> tuple[Block, ...]:
    draft, source, caption = story.lead.article.draft, story.lead.source, story.lead.article.caption
    paragraphs = draft.text or ((Paragraph(words=draft.teaser),) if draft.teaser else ())
    blocks = [Block(text=text(f"In the picture: {caption}"), kind=BlockKind.NOTE)] if draft.image and caption else []
    blocks += map(_block, paragraphs)
    if not draft.is_complete:
        blocks.append(Block(text=text(_why_it_ends(story.lead.article)), kind=BlockKind.NOTE))
    if former := story.lead.article.former_titles:
        names = "; ".join(shorten(name, _FORMER_TITLE_ROOM) for name in former[-_FORMER_TITLES:])
        blocks.append(Block(text=text(f"Earlier title: {names}"), kind=BlockKind.NOTE))
    if related:
        offered = "\n".join(f"{other.id}. {shorten(other.title, _RELATED_TITLE_ROOM)}" for other in related)
        blocks.append(Block(text=text(f"Related:\n{offered}"), kind=BlockKind.NOTE))
    if source.footer:
        blocks.append(Block(text=text(source.footer), kind=BlockKind.NOTE))
    blocks.append(Block(text=text(question(story)), kind=BlockKind.NOTE))
    return tuple(blocks)


def _why_it_ends(article: Article) -> str:
    """Why only the beginning can be read here, and where the rest is."""
    why, where = _ENDINGS.get(article.page_problem or "", _ENDING)
    return f"{why} {where}".rstrip() if article.draft.link else why


def _block(paragraph: Paragraph) -> Block:
    spans = (Span(text=words, style=_STYLES[stress]) for words, stress in paragraph.pieces())
    return Block(text=text(*spans), kind=_KINDS[paragraph.shape.kind], number=paragraph.shape.number)


def _opinion_row(story: Story) -> tuple[Control, ...]:
    return (
        Control(label="Give your opinion", action=Action(verb=Verb.OPINE, subject=story.id), is_primary=True),
        Control(label=f"Opinions ({story.tally.words})", action=Action(verb=Verb.OPINIONS, subject=story.id)),
    )


def _sources_row(story: Story) -> tuple[tuple[Control, ...], ...]:
    """Only where there is somebody else to be read."""
    if len(story.told) == 1:
        return ()
    return ((Control(label=f"Sources ({len(story.told)})", action=Action(verb=Verb.SOURCES, subject=story.id)),),)


def _related_row(related: Sequence[Headline]) -> tuple[tuple[Control, ...], ...]:
    row = tuple(Control(label=f"Read {other.id}", action=Action(verb=Verb.READ, subject=other.id)) for other in related)
    return (row,) if row else ()
