"""A feed is followed at its hub, over real connections: asked for, confirmed, pushed, renewed, and let go of."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import aiohttp
import pytest

from adapters.feeds.guard import AddressPolicy
from adapters.feeds.http import FeedClient, FetchBounds
from adapters.feeds.hub_client import HubClient
from adapters.served import hub_mount
from bot.domain.hub import HubLease
from bot.domain.source import HubLink, Source
from bot.domain.subscription import Everything
from bot.ports.reading import Reading, ReadingError
from bot.services.follow_hubs import HubFollower
from bot.services.read_sources import SourceReader
from storage import migrate
from tests.background import in_background
from tests.builders import draft
from tests.fakes.feeds import FakeFeeds
from tests.fakes.hub import FakeHub, running_hub
from tests.newsroom import Newsroom, open_newsroom
from tests.web_door import served

FEED = "https://wire.example/feed"
_LOOPBACK = AddressPolicy(allow=(ip_network("127.0.0.0/8"),))


class TitleParser:
    """Implements ``FeedParser``: the document is a title; nonsense is no feed."""

    async def take_apart(self, document: bytes, *, address: str) -> Reading:
        assert address == FEED
        if document == b"nonsense":
            raise ReadingError("That is not a feed.", kind="not_a_feed")
        return Reading(title="The Wire", drafts=(draft(document.decode(), guid=document.decode()),))


@dataclass(slots=True)
class Stand:
    """A newsroom that follows a feed's hub, and the hub."""

    newsroom: Newsroom
    hub: FakeHub
    feeds: FakeFeeds
    reader: SourceReader
    follower: HubFollower
    client: aiohttp.ClientSession
    source: Source
    woken: list[None]

    async def ask(self) -> None:
        """Ask for what is due."""
        for lease in await self.due():
            await self.follower.ask(lease)

    async def due(self) -> list[HubLease]:
        async with self.newsroom.database.reading() as look:
            return await look.hubs.due(self.newsroom.clock.now(), limit=10)

    async def lease(self) -> HubLease:
        self.newsroom.clock.pass_on(timedelta(days=400).total_seconds())
        (lease,) = await self.due()
        self.newsroom.clock.pass_on(-timedelta(days=400).total_seconds())
        return lease

    async def titles(self) -> list[str]:
        async with self.newsroom.database.reading() as look:
            return [one.draft.title for one in await look.articles.latest(source_id=self.source.id, limit=10)]

    async def stored(self) -> Source:
        async with self.newsroom.database.reading() as look:
            found = await look.sources.find(self.source.id)
        assert found
        return found


def reading(hub: FakeHub, *titles: str) -> Reading:
    link = HubLink(address=hub.address, topic=FEED)
    return Reading(title="The Wire", drafts=tuple(draft(title, guid=title) for title in titles), hub=link)


@asynccontextmanager
async def following(directory: Path, url: str | None = None) -> AsyncIterator[Stand]:
    async with open_newsroom(directory, url) as newsroom, running_hub() as hub:
        feeds, woken = FakeFeeds(), list[None]()
        reader = SourceReader(
            newsroom.database, feeds, newsroom.topics, newsroom.clock, newsroom.events, refresh_delay=timedelta(0)
        )
        asking = FeedClient(_LOOPBACK, bounds=FetchBounds())
        base = [""]
        follower = HubFollower(
            newsroom.database,
            HubClient(asking),
            TitleParser(),
            reader,
            newsroom.clock,
            newsroom.events,
            callback=lambda token: f"{base[0]}/hub/{token}",
            wake=lambda: woken.append(None),
        )
        await newsroom.follow(Everything())
        feeds.pages[FEED] = reading(hub, "At first")
        added = await reader.add(FEED, fetches_full_text=False)
        async with served([hub_mount(follower)]) as client:
            base[0] = str(client._base_url).rstrip("/")
            yield Stand(newsroom, hub, feeds, reader, follower, client, added.source, woken)
        await asking.close()


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    async with following(tmp_path) as opened:
        yield opened


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def stand_on_each(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stand]:
    url = None
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgres_url"))
        await asyncio.to_thread(migrate, url)
    async with following(tmp_path, url) as opened:
        yield opened


async def test_what_the_hub_pushes_is_promised_at_once_and_only_once(stand_on_each: Stand) -> None:
    stand = stand_on_each
    await stand.ask()
    subscriber = await stand.hub.has(FEED)
    assert (stand.hub.wrong, subscriber.lease_s) == ([], 864_000)
    assert await stand.hub.push(FEED, b"Breaking") == 200
    assert await stand.hub.push(FEED, b"Breaking") == 200, "a hub may repeat itself"
    assert await stand.titles() == ["Breaking", "At first"]
    assert len(stand.woken) == 1, "and leaves at once"
    stand.feeds.pages[FEED] = reading(stand.hub, "Breaking", "At first")
    await stand.reader.read(await stand.stored())
    assert await stand.titles() == ["Breaking", "At first"], "the next reading brings no news"


async def test_a_push_and_a_reading_at_the_same_moment_tell_it_once(stand_on_each: Stand) -> None:
    stand = stand_on_each
    await stand.ask()
    await stand.hub.has(FEED)
    stand.feeds.pages[FEED] = reading(stand.hub, "Breaking", "At first")
    source = await stand.stored()
    await asyncio.gather(*(stand.hub.push(FEED, b"Breaking") for _ in range(3)), stand.reader.read(source))
    assert await stand.titles() == ["Breaking", "At first"]


async def test_a_source_that_is_pushed_is_read_more_rarely_until_a_push_is_missed(stand: Stand) -> None:
    await stand.ask()
    await stand.hub.has(FEED)
    usual = (await stand.stored()).interval_s
    await stand.hub.push(FEED, b"Breaking")
    stand.feeds.pages[FEED] = reading(stand.hub, "Breaking", "At first")
    await stand.reader.read(await stand.stored())
    relaxed = await stand.stored()
    assert relaxed.is_pushed(stand.newsroom.clock.now())
    assert relaxed.next_read_at
    assert relaxed.next_read_at - stand.newsroom.clock.now() >= timedelta(seconds=2 * usual)
    stand.feeds.pages[FEED] = reading(stand.hub, "Missed", "Breaking", "At first")
    await stand.reader.read(relaxed)
    unpushed = await stand.stored()
    assert not unpushed.is_pushed(stand.newsroom.clock.now())
    assert unpushed.next_read_at
    assert unpushed.next_read_at - stand.newsroom.clock.now() <= timedelta(seconds=2 * unpushed.interval_s)


async def test_what_is_not_signed_by_the_hub_is_taken_from_nobody(stand: Stand) -> None:
    await stand.ask()
    subscriber = await stand.hub.has(FEED)
    assert await stand.hub.push(FEED, b"False", secret="guessed") == 202
    async with stand.client.post(subscriber.callback, data=b"False") as answer:
        assert answer.status == 202, "whoever guesses learns nothing"
    assert await stand.titles() == ["At first"]
    assert stand.newsroom.events.warnings


async def test_what_is_no_feed_is_ignored_and_the_next_push_is_taken_by_any_method(stand: Stand) -> None:
    async with in_background(stand.follower.run()):
        await stand.hub.has(FEED)
    assert await stand.hub.push(FEED, b"nonsense") == 202
    assert await stand.hub.push(FEED, b"x" * (2 * 1024 * 1024 + 1)) == 413
    for method in ("sha1", "sha384", "sha512"):
        assert await stand.hub.push(FEED, method.encode(), method=method) == 200
    assert await stand.titles() == ["sha512", "sha384", "sha1", "At first"]


async def test_a_lease_is_renewed_at_half_of_its_time_and_keeps_its_secret(stand: Stand) -> None:
    stand.hub.lease_s = 3600
    await stand.ask()
    first = await stand.hub.has(FEED)
    stand.newsroom.clock.pass_on(1799)
    assert await stand.due() == []
    stand.newsroom.clock.pass_on(1)
    del stand.hub.subscribers[FEED]
    await stand.ask()
    assert await stand.hub.has(FEED) == first


async def test_a_denial_is_kept_and_asked_about_again_the_next_day(stand: Stand) -> None:
    stand.hub.denies = "too many subscribers"
    await stand.ask()
    await stand.hub.until(lambda: stand.hub.answers == [200])
    lease = await stand.lease()
    assert lease.problem == "The hub denies it: too many subscribers"
    assert lease.due_at == stand.newsroom.clock.now() + timedelta(days=1)


async def test_a_hub_that_refuses_is_asked_again_later_and_said_why(stand: Stand) -> None:
    stand.hub.refuses = 400
    await stand.ask()
    lease = await stand.lease()
    assert lease.problem == "The hub refuses (400): no such topic here"
    assert lease.due_at == stand.newsroom.clock.now() + timedelta(minutes=5)
    stand.hub.refuses = None
    stand.newsroom.clock.pass_on(300)
    await stand.ask()
    await stand.hub.has(FEED)


async def test_a_hub_in_a_private_network_is_never_asked(stand: Stand) -> None:
    public = HubClient(FeedClient(AddressPolicy(), bounds=FetchBounds()))
    link = HubLink(address=stand.hub.address, topic=FEED)
    with pytest.raises(ReadingError, match="not allowed"):
        await public.subscribe(link, callback="https://news.example/", secret="s", lease=timedelta(days=1))
    await public._client.close()
    assert stand.hub.asked == []


async def test_a_removed_source_tells_its_hub_to_stop(stand: Stand) -> None:
    await stand.ask()
    await stand.hub.has(FEED)
    async with stand.newsroom.database.writing() as work:
        await work.sources.remove(stand.source.id)
        await work.commit()
    assert await stand.hub.push(FEED, b"Breaking") == 410
    assert stand.hub.subscribers == {}
    async with stand.client.get("/hub/guessed?hub.mode=subscribe&hub.topic=x&hub.challenge=y") as answer:
        assert answer.status == 404


async def test_a_paused_source_takes_nothing_and_keeps_its_lease(stand: Stand) -> None:
    await stand.ask()
    await stand.hub.has(FEED)
    async with stand.newsroom.database.writing() as work:
        await work.sources.pause(stand.source.id)
        await work.commit()
    assert await stand.hub.push(FEED, b"Breaking") == 202
    assert await stand.titles() == ["At first"]


async def test_a_feed_that_names_another_hub_is_followed_there(stand: Stand) -> None:
    await stand.ask()
    old = await stand.hub.has(FEED)
    named = reading(stand.hub, "At first")
    assert named.hub
    stand.feeds.pages[FEED] = replace(named, hub=replace(named.hub, topic="https://wire.example/other"))
    await stand.reader.read(await stand.stored())
    await stand.ask()
    assert (await stand.hub.has("https://wire.example/other")).callback != old.callback
    assert await stand.hub.push(FEED, b"From before") == 410
