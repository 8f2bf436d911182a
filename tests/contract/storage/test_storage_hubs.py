"""Leases at hubs are kept as they were written, and only for sources that are read."""

from datetime import timedelta

from bot.domain.hub import HubLease, asked, confirmed
from bot.domain.source import HubLink, Source, SourceId
from storage import Database
from tests.builders import NOON
from tests.stored import source_at

HUB = HubLink(address="https://hub.example/", topic="https://wire.example/feed")
OTHER_HUB = HubLink(address="https://other.example/", topic="https://wire.example/feed")


async def offered(storage: Database, link: HubLink | None = HUB, address: str = "https://wire.example/feed") -> Source:
    async with storage.writing() as work:
        source = await source_at(work, address)
        await work.hubs.offer(source.id, link, now=NOON)
        await work.commit()
    return source


async def due(storage: Database, *, at: timedelta = timedelta(0)) -> list[HubLease]:
    async with storage.reading() as look:
        return await look.hubs.due(NOON + at, limit=10)


async def save(storage: Database, lease: HubLease) -> None:
    async with storage.writing() as work:
        await work.hubs.save(lease)
        await work.commit()


async def by_token(storage: Database, token: str) -> HubLease | None:
    async with storage.reading() as look:
        return await look.hubs.by_token(token)


async def test_a_hub_is_to_be_asked_at_once_with_a_token_and_a_secret_of_its_own(storage: Database) -> None:
    source = await offered(storage)
    await offered(storage, address="https://bay.example/feed")
    one, other = await due(storage)
    assert (one.source_id, one.link, one.due_at, one.leased_until) == (source.id, HUB, NOON, None)
    assert len({one.token, one.secret, other.token, other.secret}) == 4
    assert 32 <= len(one.secret) < 200, "section 5.1"
    assert await by_token(storage, one.token) == one
    assert await by_token(storage, "guessed") is None


async def test_the_same_hub_again_changes_nothing_and_another_begins_anew(storage: Database) -> None:
    await offered(storage)
    (lease,) = await due(storage)
    granted = confirmed(
        asked(lease, NOON),
        {"hub.mode": "subscribe", "hub.topic": HUB.topic, "hub.challenge": "x", "hub.lease_seconds": "3600"},
        NOON,
    )
    assert granted
    await save(storage, granted)
    await offered(storage)
    assert await by_token(storage, lease.token) == granted
    assert await due(storage) == []
    await offered(storage, OTHER_HUB)
    assert await by_token(storage, lease.token) is None, "what the old hub pushes is not wanted any more"
    (anew,) = await due(storage)
    assert (anew.link, anew.leased_until) == (OTHER_HUB, None)
    await save(storage, granted)
    assert await due(storage) == [anew], "what comes late of the old one is too late"


async def test_a_source_that_names_no_hub_any_more_has_none(storage: Database) -> None:
    await offered(storage)
    await offered(storage, None)
    assert await due(storage) == []


async def test_hubs_of_paused_sources_are_not_asked_and_those_of_removed_ones_are_gone(storage: Database) -> None:
    source = await offered(storage)
    (lease,) = await due(storage)
    async with storage.writing() as work:
        await work.sources.pause(source.id)
        await work.commit()
    assert await due(storage) == []
    assert await by_token(storage, lease.token) == lease
    async with storage.writing() as work:
        await work.sources.remove(source.id)
        await work.commit()
    assert await by_token(storage, lease.token) is None


async def test_who_is_longest_overdue_is_asked_first(storage: Database) -> None:
    for address in ("https://a.example/", "https://b.example/"):
        await offered(storage, address=address)
    first, second = await due(storage)
    await save(storage, asked(first, NOON))
    assert [lease.source_id for lease in await due(storage, at=timedelta(days=1))] == [
        second.source_id,
        first.source_id,
    ]


async def test_a_source_remembers_its_hub_and_its_last_push_beside_what_readings_write(storage: Database) -> None:
    async with storage.writing() as work:
        source = await source_at(work)
        await work.sources.pushed(source.id, NOON)
        await work.sources.save(source)
        await work.commit()
        held = await work.sources.hold(source.id)
        assert held
        assert held.pushed_at == NOON, "a reading that began before the push ended after it"
        assert await work.sources.hold(SourceId(99)) is None
