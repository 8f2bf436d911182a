"""A story with headings, lists, quotes and stressed words is read whole on each platform, as its writer meant it."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from adapters.discord import limits as discord_limits
from adapters.discord.render import card
from adapters.sandbox.discord import markdown
from adapters.sandbox.discord.message_rules import COMPONENTS_V2, check_new
from adapters.sandbox.telegram.html import parse_html
from adapters.telegram import limits as telegram_limits
from adapters.telegram.render import render
from bot.domain.article import Article, ArticleId, Draft, StoryId
from bot.domain.paragraph import Paragraph, ParagraphKind, Shape, Stress, Stretch, shapes_of, words_of
from bot.domain.source import Source, SourceId, SourceKind
from bot.domain.story import Story, Told
from bot.messages.action import ActionCodec
from bot.messages.limits import Limits
from bot.messages.post import Post
from bot.views.full_story import full_story
from tests.builders import NOON

CODEC = ActionCodec(b"a key for tests")
READING = markdown.Reading(names={}, now=NOON.timestamp())
ALPHABETS = {
    "plain": "abcdefghij klmno (pq). ",
    "full of markup": "ab *c* _d_ [e](f) <g> #h @i `j` - k 1. ~l|\\ &",
    "three bytes a character": "日本語文章新聞。、漢字 ",
    "emoji": "🙂🟦 🟧👍 ",
}


def on_discord(post: Post) -> str:
    """The words that readers see; fails where Discord would refuse the message."""
    components = card(post, CODEC).to_components()  # type: ignore[no-untyped-call]  # the library leaves it so
    check_new({"components": components, "flags": COMPONENTS_V2})
    return "\n".join(markdown.plain(written, READING) for written in _displays(components))


def _displays(components: list[dict[str, Any]]) -> Iterator[str]:
    for component in components:
        if component["type"] == 10:
            yield component["content"]
        yield from _displays(component.get("components", []))


def on_telegram(post: Post) -> str:
    """The words that readers see; fails where Telegram would refuse the message."""
    rendered = render(post, CODEC)
    assert len(rendered.html.encode()) <= telegram_limits.TEXT_BYTES
    words, _ = parse_html(rendered.html)
    assert len(words.encode("utf-16-le")) // 2 <= telegram_limits.TEXT_UNITS
    return words.replace("\u2060", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A platform: what it takes and what its readers see of a post."""

    limits: Limits
    shown: Callable[[Post], str]


STANDS = {
    "discord": Stand(limits=discord_limits.LIMITS, shown=on_discord),
    "telegram": Stand(limits=telegram_limits.LIMITS, shown=on_telegram),
}


def story_of(paragraphs: list[Paragraph]) -> Story:
    source = Source(
        id=SourceId(1),
        kind=SourceKind.FEED,
        address="https://harbour.example/feed",
        title="Harbour Post",
        added_at=NOON,
        next_read_at=None,
    )
    draft = Draft(title="Ferries return", paragraphs=words_of(paragraphs), shapes=shapes_of(paragraphs))
    article = Article(id=ArticleId(1), source_id=source.id, story_id=StoryId(1), draft=draft, first_seen_at=NOON)
    return Story(id=StoryId(1), told=(Told(article=article, source=source),))


def pages_of(story: Story, stand: Stand) -> Iterator[str]:
    number = 0
    while True:
        page = full_story(story, stand.limits, page=number)
        yield stand.shown(page)
        if not any(control.label == "›" for row in page.controls for control in row):
            return
        number += 1


def some_paragraph(dice: random.Random, alphabet: str, longest: int) -> Paragraph:
    words = "x" + " ".join("".join(dice.choices(alphabet, k=dice.randint(1, longest))).split())
    ends = sorted(dice.sample(range(len(words) + 1), min(dice.choice([0, 0, 2, 6, 40]), len(words) + 1) // 2 * 2))
    stretches = (
        Stretch(start=start, end=end, stress=dice.choice(list(Stress)))
        for start, end in zip(ends[::2], ends[1::2], strict=True)
    )
    kind = dice.choice(list(ParagraphKind))
    number = dice.choice([None, dice.randint(1, 999)]) if kind is ParagraphKind.ITEM else None
    return Paragraph(words=words, shape=Shape(kind=kind, number=number, stretches=tuple(stretches)))


def expected(paragraphs: list[Paragraph]) -> str:
    return squeezed("".join(mark_of(paragraph) + paragraph.words for paragraph in paragraphs))


def mark_of(paragraph: Paragraph) -> str:
    if paragraph.shape.kind is not ParagraphKind.ITEM:
        return ""
    return "•" if paragraph.shape.number is None else f"{paragraph.shape.number}."


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("platform", STANDS)
@pytest.mark.parametrize("longest", [60, 900, 9_000])
@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS.keys())
def test_every_word_is_on_one_of_the_pages_and_no_mark_is_left_open(platform: str, alphabet: str, longest: int) -> None:
    dice = random.Random(11)
    paragraphs = [some_paragraph(dice, alphabet, longest) for _ in range(18_000 // longest)]
    shown = squeezed("".join(_bodies(pages_of(story_of(paragraphs), STANDS[platform]))))
    assert expected(paragraphs) in shown


def _bodies(pages: Iterator[str]) -> Iterator[str]:
    """What stands below the title and the line of small print on each page."""
    for page in pages:
        yield page.split("\n", 2)[2]


def stressed(words: str) -> Paragraph:
    """Words in which a word between stars is strong, one between lines is meant with emphasis."""
    stretches, plain = [], ""
    for part in re.split(r"([*_][^*_]+[*_])", words):
        if part[:1] in {"*", "_"}:
            stress = Stress.STRONG if part[0] == "*" else Stress.EMPHASIS
            stretches.append(Stretch(start=len(plain), end=len(plain) + len(part) - 2, stress=stress))
        plain += part.strip("*_")
    return Paragraph(words=plain, shape=Shape(stretches=tuple(stretches)))


def test_stressed_words_are_stressed_natively() -> None:
    story = story_of([stressed("The *old* port, _at last_, is a*mong* the first.")])
    (post,) = (full_story(story, stand.limits) for stand in [STANDS["telegram"]])
    assert "The <b>old</b> port, <i>at last</i>, is a<b>mong</b> the first." in render(post, CODEC).html
    written = "\n".join(_displays(card(post, CODEC).to_components()))  # type: ignore[no-untyped-call]  # as above
    assert "The **old** port, *at last*, is a**mong** the first." in written


@pytest.mark.parametrize(
    ("words", "drawn"),
    [
        ("*a*_b_", "<strong>a</strong>b"),
        ("*a* _b_", "<strong>a</strong> <em>b</em>"),
        ("_a_*b*", "<em>a</em>b"),
    ],
)
def test_on_discord_marks_that_touch_never_become_other_marks(words: str, drawn: str) -> None:
    post = full_story(story_of([stressed(words)]), STANDS["discord"].limits)
    *_, body = _displays(card(post, CODEC).to_components())  # type: ignore[no-untyped-call]  # as above
    assert f"<p>{drawn}</p>" in markdown.html(body, READING)
