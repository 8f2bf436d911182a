"""Things that are in a database already, for tests that begin there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.article import ArticleId, Draft, StoryId
from bot.domain.channel import Channel
from bot.domain.delivery import Claim, Outcome, Settled
from bot.domain.lease import Lease
from bot.domain.source import Source
from bot.domain.subscription import Everything, Target
from bot.ports.storage import Storage, UnitOfWork
from tests.builders import NOON, draft, match, new_article, new_channel, new_source

LEASE = timedelta(seconds=90)


async def source_at(work: UnitOfWork, address: str = "https://wire.example/feed") -> Source:
    """The source at that address, added if it is not there."""
    return await work.sources.at(address) or await work.sources.add(new_source(address), now=NOON)


async def told(work: UnitOfWork, story_id: StoryId, what: Draft, *, by: str = "https://wire.example/feed") -> ArticleId:
    """An article of the story, told by the source at that address."""
    source = await source_at(work, by)
    return await work.articles.add(new_article(source.id, story_id, what))


async def story(
    storage: Storage,
    title: str = "Harbour reopens",
    *paragraphs: str,
    topics: Sequence[str] = (),
    by: str = "https://wire.example/feed",
    at: datetime = NOON,
) -> StoryId:
    """A story that one source tells."""
    async with storage.writing() as work:
        story_id = await work.stories.open(now=at)
        source = await source_at(work, by)
        await work.articles.add(new_article(source.id, story_id, draft(title, *paragraphs), first_seen_at=at))
        await work.stories.set_topics(story_id, [match(topic) for topic in topics])
        await work.commit()
    return story_id


async def channel_in(
    work: UnitOfWork, place: str, *follows: Target, platform: str = "discord", thread: str | None = None
) -> Channel:
    """A channel that follows these."""
    met = await work.channels.meet(new_channel(place, platform=platform, thread=thread), now=NOON)
    for target in follows:
        await work.subscriptions.add(met.id, target, now=NOON)
    return met


async def channel(
    storage: Storage, place: str = "100", *follows: Target, platform: str = "discord", thread: str | None = None
) -> Channel:
    """A channel that follows these, or everything."""
    async with storage.writing() as work:
        met = await channel_in(work, place, *(follows or (Everything(),)), platform=platform, thread=thread)
        await work.commit()
    return met


async def promised(storage: Storage, story_id: StoryId, *, now: datetime = NOON, is_breaking: bool = False) -> int:
    """How many headlines were promised."""
    async with storage.writing() as work:
        made = await work.deliveries.promise(story_id, now=now, is_breaking=is_breaking)
        await work.commit()
    return made


async def refreshed(storage: Storage, story_id: StoryId, *, due: datetime = NOON) -> int:
    """How many cards are to be brought up to date."""
    async with storage.writing() as work:
        made = await work.deliveries.refresh(story_id, due=due)
        await work.commit()
    return made


async def claimed(
    storage: Storage,
    *platforms: str,
    holder: str = "here",
    limit: int = 100,
    now: datetime = NOON,
    lease: timedelta = LEASE,
) -> list[Claim]:
    """What was taken for sending, on Discord and Telegram unless others are named."""
    async with storage.writing() as work:
        claims = await work.deliveries.claim(
            platforms or ("discord", "telegram"), holder=holder, limit=limit, now=now, lease=lease
        )
        await work.commit()
    return claims


async def settled(storage: Storage, *pairs: tuple[Claim, Outcome], now: datetime = NOON) -> None:
    """These claims came to that."""
    async with storage.writing() as work:
        await work.deliveries.settle([Settled(claim=claim, outcome=outcome) for claim, outcome in pairs], now=now)
        await work.commit()


def story_of(claim: Claim) -> StoryId:
    """The story whose card is claimed."""
    assert claim.story_id is not None
    return claim.story_id


async def leased(storage: Storage, task: str = "discord") -> Lease:
    """The next turn at the task, whoever had the one before."""
    async with storage.writing() as work:
        lease = await work.leases.take(task, holder="here", lasts=timedelta(hours=1), others_are_dead=True)
        await work.commit()
    assert lease
    return lease
