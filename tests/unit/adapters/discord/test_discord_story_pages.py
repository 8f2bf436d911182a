"""A long story on Discord: page after page, and no word of it lost."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.discord.limits import LIMITS
from adapters.discord.render import card
from adapters.sandbox.discord.markdown import Reading, plain
from bot.domain.article import Article, ArticleId, Draft, StoryId
from bot.domain.source import Source, SourceId, SourceKind
from bot.domain.story import Story, Told
from bot.messages.action import ActionCodec
from bot.messages.post import Post
from bot.views.full_story import full_story

_CODEC = ActionCodec(b"a key for tests")
_NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_READING = Reading(names={}, now=_NOW.timestamp())
_ALPHABETS = {
    "plain": "abcdefghij klmno (pq). ",
    "full of markup": "ab *c* _d_ [e](f) <g> #h @i `j` - k\n1. ~l|",
    "three bytes a character": "日本語文章新聞。、漢字 ",
    "two bytes a character": "абвгде жзик, лм. ",
    "emoji": "🙂🟦 🟧👍 ",
}


def _story(paragraphs: tuple[str, ...], link: str | None) -> Story:
    source = Source(
        id=SourceId(1),
        kind=next(iter(SourceKind)),
        address="https://harbour.example/feed",
        title="Harbour Post",
        site="https://harbour.example",
        added_at=_NOW,
        next_read_at=None,
    )
    draft = Draft(title="Ferries return to Vellmar " * 4, paragraphs=paragraphs, link=link)
    article = Article(id=ArticleId(1), source_id=source.id, story_id=StoryId(1), draft=draft, first_seen_at=_NOW)
    return Story(id=StoryId(1), told=(Told(article=article, source=source),))


def _pages(story: Story) -> Iterator[Post]:
    number = 0
    while True:
        page = full_story(story, LIMITS, page=number)
        yield page
        if not any(control.label == "›" for row in page.controls for control in row):
            return
        number += 1


def _texts(components: list[dict[str, Any]]) -> Iterator[str]:
    for component in components:
        if component["type"] == 10:
            yield component["content"]
        yield from _texts(component.get("components", []))


@pytest.mark.parametrize("link_length", [0, 60, 450])
@pytest.mark.parametrize("alphabet", _ALPHABETS.values(), ids=_ALPHABETS.keys())
def test_every_word_of_a_long_story_is_on_one_of_its_pages(alphabet: str, link_length: int) -> None:
    dice = random.Random(7)
    paragraphs = tuple(
        "x" + "".join(dice.choice(alphabet) for _ in range(dice.randint(1, 900))).strip() for _ in range(40)
    )
    link = "https://harbour.example/".ljust(link_length, "a") if link_length else None
    shown = []
    for page in _pages(_story(paragraphs, link)):
        view = card(page, _CODEC)
        head, body = _texts(view.to_components())  # type: ignore[no-untyped-call]  # the library leaves it so
        assert head.startswith("### [Ferries" if link else "### Ferries")
        shown += plain(body, _READING).split()
    assert "".join("".join(paragraphs).split()) in "".join(shown)
