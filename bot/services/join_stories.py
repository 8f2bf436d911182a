"""Find the story that another source tells already, so that one event is told once."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from bot.domain.article import Article, Draft, StoryId
from bot.domain.matching import Match
from bot.domain.recognition import came_out
from bot.domain.sameness import Likeness, Sameness, gist, is_possible, sameness, traits_of
from bot.domain.source import SourceId
from bot.ports.storage import UnitOfWork

TOGETHER = timedelta(hours=48)
"""How far apart tellings of one story may be, from the first one on: no story goes on for ever."""

_UNTOUCHED = timedelta(minutes=10)
"""How soon nobody has parted what was joined wrongly."""

_AT_ONCE = 25
_CANDIDATES = 4
_FEWEST_SHARED = 3
"""Texts about one event have half of their twelve telling words in common or more, unlike ones hardly ever three."""


async def stories_told_elsewhere(
    work: UnitOfWork, source_id: SourceId, tellings: Sequence[tuple[Draft, Iterable[Match]]], *, now: datetime
) -> list[StoryId | None]:
    """For each telling, a draft and the topics it touches, the story of other sources that tells of the same event, if
    one surely does. Never one that the source tells, nor the same one twice.
    """
    found: list[StoryId | None] = [None] * len(tellings)
    recent = [at for at, (draft, _) in enumerate(tellings) if now - came_out(draft, now) <= TOGETHER]
    for start in range(0, len(recent), _AT_ONCE):
        places = recent[start : start + _AT_ONCE]
        wanted = [_likeness(tellings[at][0], now) for at in places]
        candidates = await work.stories.like_these(wanted, not_by=source_id, limit=_CANDIDATES)
        for at, articles in zip(places, candidates, strict=True):
            draft, matches = tellings[at]
            same = _same(draft, articles, came_out(draft, now)) if articles else ()
            found[at] = await _first_about(work, same, matches, but_not=found)
    return found


def _likeness(draft: Draft, now: datetime) -> Likeness:
    terms = traits_of(draft).terms
    return Likeness(
        words=terms,
        at_least=max(_FEWEST_SHARED, len(terms) * 5 // 12),
        since=came_out(draft, now) - TOGETHER,
    )


async def _first_about(
    work: UnitOfWork, same: Iterable[Article], matches: Iterable[Match], *, but_not: Collection[StoryId | None]
) -> StoryId | None:
    """The first story that is about the same: where both texts touch topics and none in common, they are not."""
    topics = {match.topic_id for match in matches}
    for article in same:
        if article.story_id in but_not:
            continue
        told = {match.topic_id for match in await work.stories.topics(article.story_id)}
        if not topics or not told or topics & told:
            return article.story_id
    return None


async def told_by_whole_text(work: UnitOfWork, article: Article, matches: Iterable[Match], *, now: datetime) -> StoryId:
    """The story that tells the article now that its page completed it: another, merged with its own, or its own still.

    Looked for are only stories that tell what it alone tells so far, and not for long: what people parted since, stays
    apart.
    """
    story = await work.stories.find(article.story_id)
    if story is None or len(story.told) > 1 or now - article.first_seen_at > _UNTOUCHED:
        return article.story_id
    telling = (article.draft, matches)
    [other] = await stories_told_elsewhere(work, article.source_id, [telling], now=article.first_seen_at)
    if other is None:
        return article.story_id
    kept, gone = sorted((story.id, other))
    await work.stories.merge(kept, gone)
    return kept


def _same(draft: Draft, candidates: Iterable[Article], at: datetime) -> list[Article]:
    """Those that tell of the same event, copies of the text first."""
    mine = traits_of(draft)
    found = []
    for article in candidates:
        their_time = came_out(article.draft, article.first_seen_at)
        is_worth_it = is_possible(mine, article.draft)
        kind = sameness(gist(draft), gist(article.draft)) if is_worth_it else Sameness.NOTHING
        if kind is not Sameness.NOTHING and abs(their_time - at) <= TOGETHER:
            found.append((kind is Sameness.EVENT, article))
    return [article for _, article in sorted(found, key=lambda one: one[0])]
