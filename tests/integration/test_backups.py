"""A backup holds what was committed, also while the bot writes; coming back to one sends nothing a second time."""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from bot.domain.article import StoryId
from bot.domain.delivery import ChannelPaused, Claim, DeliveryState, Sent
from bot.domain.history import Trace
from bot.ports.backups import RESTORED_AT, BackupError, Backups, Outlook, Restored
from bot.services.deliver import Deliverer
from storage import Database, migrate, open_storage, signing_key
from storage.postgresql_backups import PostgresqlBackups
from storage.sqlite_backups import SqliteBackups
from tests import stored
from tests.builders import NOON, receipt
from tests.fakes.clocks import HeldClock
from tests.fakes.database import fresh_database_url
from tests.fakes.events import FakeEvents
from tests.fakes.platform import FakePlatform
from tests.postgres import PostgresServer

_RARELY_ON_POSTGRESQL = pytest.mark.parametrize(
    "url", ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.fault])], indirect=True
)
LATER = NOON + timedelta(hours=1)
SEARCHABLE = frozenset({"discord"})


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty, migrated database, with PostgreSQL's programs of its server's version at hand."""
    if request.param == "sqlite":
        return fresh_database_url(tmp_path)
    server: PostgresServer = request.getfixturevalue("postgres_server")
    monkeypatch.setenv("PATH", str(server.bin))
    address = str(request.getfixturevalue("postgres_url"))
    migrate(address)
    return address


class Machine:
    """A database that is filled, backed up, and come back to."""

    def __init__(self, url: str, directory: Path) -> None:
        self.url, self.file = url, str(directory / "backup")
        parsed = make_url(url)
        self.backups: Backups = SqliteBackups(parsed) if url.startswith("sqlite") else PostgresqlBackups(parsed)
        self.database = open_storage(url)

    async def fill(self, *platforms: str) -> list[StoryId]:
        """Three stories promised to a channel of each platform; the first is sent everywhere."""
        await signing_key(self.database)
        for platform in platforms:
            await stored.channel(self.database, "100", platform=platform)
        stories = [await self.publish(f"Story {number}") for number in range(3)]
        await self.send(1, now=NOON)
        return stories

    async def publish(self, title: str) -> StoryId:
        story_id = await stored.story(self.database, title, at=NOON)
        await stored.promised(self.database, story_id)
        return story_id

    async def send(self, number: int, *, now: datetime = LATER) -> list[Claim]:
        """Send so many in each channel."""
        claims: list[Claim] = []
        for _ in range(number):
            taken = await stored.claimed(self.database, now=now)
            await stored.settled(
                self.database,
                *((claim, Sent(receipt=receipt(f"m{claim.id}"))) for claim in taken),
                now=now + timedelta(minutes=1),
            )
            claims += taken
        return claims

    async def back_up(self) -> None:
        await asyncio.to_thread(self.backups.make, self.file, now=LATER)

    async def outlook(self) -> Outlook:
        return await asyncio.to_thread(self.backups.outlook, self.file)

    async def restore(self, *, searchable: Collection[str] = SEARCHABLE, resends: bool = False) -> Restored:
        await self.database.close()
        try:
            return await asyncio.to_thread(
                self.backups.restore, self.file, now=LATER, searchable=searchable, resends=resends
            )
        finally:
            self.database = open_storage(self.url)

    async def lose_everything(self) -> None:
        """The database is gone, as after a broken disk."""
        await self.database.close()
        if self.url.startswith("sqlite"):
            await asyncio.to_thread(Path(str(make_url(self.url).database)).unlink)
        else:
            self.database = open_storage(self.url)
            async with self.database.changing() as connection:
                await connection.exec_driver_sql("DROP SCHEMA public CASCADE")
                await connection.exec_driver_sql("CREATE SCHEMA public")
                await connection.commit()
            await self.database.close()
        self.database = open_storage(self.url)

    async def traces(self, story_id: StoryId) -> dict[str, Trace]:
        """What was promised about the story, by platform."""
        found: dict[str, Trace] = {}
        async with self.database.reading() as look:
            for channel in await look.channels.named("#news"):
                for trace in await look.deliveries.traces(channel.id, story_id):
                    found[channel.ref.platform] = trace
        return found

    async def articles(self) -> int:
        async with self.database.reading() as look:
            return len(await look.articles.latest(limit=10_000))

    async def close(self) -> None:
        await self.database.close()


@pytest.fixture
async def machine(url: str, tmp_path: Path) -> Machine:
    return Machine(url, tmp_path)


async def test_a_backup_that_is_made_while_others_write_holds_all_that_was_committed_before(machine: Machine) -> None:
    await machine.fill("discord")
    before = await machine.articles()
    stop = asyncio.Event()

    async def write() -> int:
        written = 0
        while not stop.is_set():
            await machine.publish(f"Meanwhile {written}")
            await machine.send(1)
            written += 1
        return written

    writing = asyncio.create_task(write())
    await machine.back_up()
    stop.set()
    written = await writing

    contents = (await machine.outlook()).contents
    assert before <= contents.articles <= before + written
    await machine.restore()
    assert await machine.articles() == contents.articles
    await machine.close()


async def test_what_was_sent_after_the_backup_is_known_from_the_database_that_was_there(machine: Machine) -> None:
    _, second, third = await machine.fill("discord", "telegram")
    await machine.back_up()
    await machine.send(1)

    outlook = await machine.outlook()
    assert (outlook.present, outlook.known, outlook.repeats, outlook.contents.waiting) == (True, 2, 0, 4)
    restored = await machine.restore()
    assert (restored.searched, restored.parked) == (0, 0)
    assert {trace.state for trace in (await machine.traces(second)).values()} == {DeliveryState.SENT}
    assert {trace.receipt is not None for trace in (await machine.traces(second)).values()} == {True}
    assert {trace.state for trace in (await machine.traces(third)).values()} == {DeliveryState.PENDING}
    assert {claim.story_id for claim in await machine.send(2)} == {third}
    await machine.close()


@_RARELY_ON_POSTGRESQL
async def test_posts_that_could_repeat_are_those_on_stories_that_came_after_it(machine: Machine) -> None:
    await machine.fill("discord")
    await machine.back_up()
    late = await stored.story(machine.database, "Too late for the backup", at=LATER + timedelta(seconds=1))
    await stored.promised(machine.database, late, now=LATER + timedelta(seconds=1))
    await machine.send(3, now=LATER + timedelta(minutes=1))

    outlook = await machine.outlook()
    assert (outlook.repeats, outlook.known) == (1, 2)
    await machine.close()


@_RARELY_ON_POSTGRESQL
async def test_numbers_that_were_given_away_after_the_backup_are_not_given_again(machine: Machine) -> None:
    await machine.fill("discord")
    await machine.back_up()
    late = await machine.publish("Too late for the backup")
    await machine.restore()
    assert await machine.publish("New") > late
    await machine.close()


@_RARELY_ON_POSTGRESQL
async def test_a_send_that_was_under_way_when_the_database_was_left_is_one_that_nobody_knows(machine: Machine) -> None:
    _, second, _ = await machine.fill("telegram")
    await machine.back_up()
    await stored.claimed(machine.database, now=LATER)
    restored = await machine.restore()
    assert (restored.searched, restored.parked) == (0, 1)
    trace = (await machine.traces(second))["telegram"]
    assert trace.state is DeliveryState.PARKED
    assert trace.reason == "it waited when the backup of 14 Mar 2026, 13:00 UTC was made, and may have been sent since"
    await machine.close()


@_RARELY_ON_POSTGRESQL
async def test_a_channel_that_was_closed_after_the_backup_stays_closed_and_keeps_what_waits(machine: Machine) -> None:
    _, second, third = await machine.fill("discord")
    await machine.back_up()
    [claim] = await stored.claimed(machine.database, now=LATER)
    await stored.settled(machine.database, (claim, ChannelPaused(reason="kicked")), now=LATER)
    restored = await machine.restore()
    assert (restored.searched, restored.parked) == (0, 0)
    for story_id in (second, third):
        assert (await machine.traces(story_id))["discord"].state is DeliveryState.PAUSED
    async with machine.database.reading() as look:
        [channel] = await look.channels.named("#news")
    assert channel.paused_because == "kicked"
    await machine.close()


async def test_where_nothing_is_left_what_waited_is_looked_for_or_parked(machine: Machine) -> None:
    stories = await machine.fill("discord", "telegram")
    await machine.back_up()
    await machine.lose_everything()

    outlook = await machine.outlook()
    assert (outlook.present, outlook.contents.waiting, outlook.contents.articles) == (False, 4, 3)
    restored = await machine.restore()
    assert (restored.aside, restored.searched, restored.parked) == (None, 2, 2)
    for story_id in stories[1:]:
        traces = await machine.traces(story_id)
        assert traces["telegram"].state is DeliveryState.PARKED
        looked_for = traces["discord"]
        assert (looked_for.state, looked_for.uncertain) == (DeliveryState.PENDING, 1)
        assert looked_for.first_attempt_at == LATER
    async with machine.database.reading() as look:
        restored_at = datetime.fromisoformat(await look.notes.read(RESTORED_AT) or "")
        [parked_in] = await look.deliveries.parked_at(restored_at)
        channel = await look.channels.numbered(parked_in)
    assert channel
    assert channel.ref.platform == "telegram"
    assert await machine.publish("New") > 1_000_000
    await machine.close()


@_RARELY_ON_POSTGRESQL
async def test_what_is_found_in_its_channel_after_a_restore_is_not_sent_again(machine: Machine) -> None:
    stories = await machine.fill("discord")
    await machine.back_up()
    await machine.lose_everything()
    await machine.restore()
    platform = FakePlatform(repeat_safe_s=60, can_find=True)
    platform.found = receipt("sent since")
    clock = HeldClock(LATER + timedelta(hours=1))
    deliverer = Deliverer(machine.database, {"discord": platform}, clock, FakeEvents())
    await deliverer.connect("discord", await stored.leased(machine.database))
    while await deliverer.deliver_due():
        pass
    assert platform.sent == []
    assert len(platform.searched) == 2
    assert max(platform.searched) < LATER
    for story_id in stories:
        assert (await machine.traces(story_id))["discord"].state is DeliveryState.SENT
    await machine.close()


@_RARELY_ON_POSTGRESQL
async def test_whoever_wants_it_sent_all_the_same_has_it_sent(machine: Machine) -> None:
    _, second, _ = await machine.fill("telegram")
    await machine.back_up()
    await machine.lose_everything()
    assert (await machine.restore(resends=True)).parked == 0
    assert (await machine.traces(second))["telegram"].state is DeliveryState.PENDING
    await machine.close()


@_RARELY_ON_POSTGRESQL
async def test_what_was_there_is_kept(machine: Machine) -> None:
    await machine.fill("discord")
    await machine.back_up()
    await machine.publish("Too late for the backup")
    restored = await machine.restore()
    assert restored.aside
    assert await machine.articles() == 3
    if machine.url.startswith("sqlite"):
        kept = open_storage(f"sqlite+aiosqlite:///{restored.aside}")
        async with kept.reading() as look:
            assert len(await look.articles.latest(limit=10)) == 4
        await kept.close()
    await machine.close()


@_RARELY_ON_POSTGRESQL
async def test_a_backup_replaces_no_file(machine: Machine) -> None:
    await machine.fill("discord")
    await asyncio.to_thread(Path(machine.file).write_text, "precious")
    with pytest.raises(BackupError, match="is there already"):
        await machine.back_up()
    assert await asyncio.to_thread(Path(machine.file).read_text) == "precious"
    assert not await asyncio.to_thread(Path(f"{machine.file}.part").exists)
    await machine.close()


@_RARELY_ON_POSTGRESQL
async def test_only_its_owner_can_read_a_backup(machine: Machine) -> None:
    await machine.fill("discord")
    await machine.back_up()
    status = await asyncio.to_thread(Path(machine.file).stat)
    assert status.st_mode & 0o777 == 0o600
    await machine.close()


@_RARELY_ON_POSTGRESQL
@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + b"x" * 5000, b"PGDMP\x01\x10"])
async def test_a_file_that_is_no_backup_is_refused_and_nothing_is_changed(machine: Machine, content: bytes) -> None:
    await machine.fill("discord")
    await asyncio.to_thread(Path(machine.file).write_bytes, content)
    with pytest.raises(BackupError):
        await machine.restore()
    assert await machine.articles() == 3
    await machine.close()


@_RARELY_ON_POSTGRESQL
async def test_a_newer_backup_is_refused(machine: Machine) -> None:
    await machine.fill("discord")
    await _set_version(machine.database, "9999")
    await machine.back_up()
    await _set_version(machine.database, "0001")
    with pytest.raises(BackupError, match="newer newsbot"):
        await machine.restore()
    await machine.close()


async def _set_version(database: Database, version: str) -> None:
    async with database.changing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        await connection.commit()


@pytest.mark.postgres
async def test_without_postgresql_s_programs_the_sentence_says_what_to_install(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(postgres_url)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="pg_dump is not installed here"):
        await asyncio.to_thread(PostgresqlBackups(make_url(postgres_url)).make, str(tmp_path / "backup"), now=NOON)


@pytest.mark.postgres
async def test_a_program_of_the_wrong_version_says_which_versions_do_not_fit(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(postgres_url)
    program = tmp_path / "pg_dump"
    complaint = "printf 'pg_dump: error: wrong.\\npg_dump: detail: 18, not 15\\n' >&2"
    program.write_text(f"#!/bin/sh\n{complaint}\nexit 1\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(BackupError, match=r"wrong\. pg_dump: detail: 18, not 15\.$"):
        await asyncio.to_thread(PostgresqlBackups(make_url(postgres_url)).make, str(tmp_path / "backup"), now=NOON)


@pytest.mark.postgres
async def test_while_a_bot_is_connected_nothing_is_restored(
    postgres_url: str, postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(postgres_server.bin))
    migrate(postgres_url)
    machine = Machine(postgres_url, tmp_path)
    await machine.fill("discord")
    await machine.back_up()
    with pytest.raises(BackupError, match="running on this database"):
        await asyncio.to_thread(machine.backups.restore, machine.file, now=LATER, searchable=SEARCHABLE, resends=False)
    assert await machine.articles() == 3
    await machine.close()
