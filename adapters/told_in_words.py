"""What the command line tells people, line by line."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from adapters.checking import CheckedEntry
from bot.domain.addresses import without_secrets
from bot.domain.article import Draft
from bot.domain.channel import Channel
from bot.domain.matching import Match
from bot.domain.source import ListedFeed, Source
from bot.domain.story import Story, Told
from bot.domain.subscription import Subscription
from bot.ports.reading import FoundFeed, Reading
from bot.services.explain import address
from bot.views.following import target_name

_ONE = {"stories": "story"}


def counted(count: int, things: str) -> str:
    """``1 article``, ``2 articles``."""
    return f"{count:,} {_ONE.get(things, things.removesuffix('s')) if count == 1 else things}"


def source_line(source: Source) -> str:
    """A source and how reading it goes."""
    state = "paused" if source.is_paused else f"problem: {source.trouble.message}" if source.trouble else "ok"
    return f"{source.id}. {source.title} ({without_secrets(source.address)}) — {state}"


def feed_lines(feeds: Sequence[FoundFeed]) -> Iterator[str]:
    """Feeds to choose from, by number."""
    for number, feed in enumerate(feeds, 1):
        yield f"{number}. {feed.title or 'Untitled'} ({feed.address})"


def listed_feed(feed: ListedFeed) -> str:
    """A feed of a list."""
    address = without_secrets(feed.address)
    return f"{feed.title} ({address})" if feed.title else address


def checked_lines(reading: Reading, entries: Sequence[CheckedEntry]) -> Iterator[str]:
    """A feed that was only looked at."""
    facts = (reading.format.value, reading.language, reading.site)
    yield f"{reading.title} — {', '.join(filter(None, facts))}: {counted(len(entries), 'articles')}"
    for one in entries:
        yield ""
        yield from _draft(one.draft, identity=one.identity)
        if one.page_problem:
            yield f"  its page: {one.page_problem.message}"


def channel_line(channel: Channel, subscriptions: Sequence[Subscription]) -> str:
    """A channel in a list."""
    follows = ", ".join(target_name(subscription.target) for subscription in subscriptions) or "nothing"
    state = f" — paused: {channel.paused_because}" if channel.paused_because else ""
    return f"{channel.id}. {channel.title} ({address(channel.ref)}) follows {follows}{state}"


def heading_line(told: Told) -> str:
    """An article in a list."""
    article, source = told.article, told.source
    return (
        f"{article.id}. {_day(article.first_seen_at)} {article.draft.title} ({source.title}, story {article.story_id})"
    )


def article_lines(told: Told) -> Iterator[str]:
    """A whole article."""
    article = told.article
    yield f"Article {article.id} of story {article.story_id}, from {told.source.title}"
    yield from _draft(article.draft)
    if article.former_titles:
        yield f"earlier titles: {'; '.join(article.former_titles)}"
    if not article.draft.is_complete:
        yield "The source shows only the beginning."


def story_line(story: Story) -> str:
    """A story in a list."""
    sources = ", ".join(dict.fromkeys(told.source.title for told in story.told))
    return f"{story.id}. {_day(story.at)} {story.title} ({sources})"


def story_lines(story: Story, topics: Sequence[Match]) -> Iterator[str]:
    """A story with all that tell it."""
    yield story_line(story)
    if topics:
        yield "topics: " + ", ".join(f"{match.topic_id} ({match.word})" for match in topics)
    for told in story.told:
        yield ""
        yield from article_lines(told)


def _draft(draft: Draft, **facts: str | None) -> Iterator[str]:
    yield draft.title
    facts |= {
        "link": draft.link,
        "published": _day(draft.published_at) if draft.published_at else None,
        "author": draft.author,
        "image": draft.image,
        "teaser": draft.teaser,
    }
    yield from (f"  {name}: {fact}" for name, fact in facts.items() if fact)
    yield from (f"  {paragraph}" for paragraph in draft.paragraphs)


def _day(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
