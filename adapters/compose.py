"""The one place where concrete classes meet."""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

from adapters.discord.inbound import PLATFORM as DISCORD
from adapters.discord.limits import LIMITS as DISCORD_LIMITS
from adapters.discord.platform import DiscordPlatform
from adapters.feeds.reader import FeedsReader
from adapters.machine.clock import SystemClock
from adapters.machine.home import make_home
from adapters.machine.logs import LogEvents
from adapters.settings import Settings
from adapters.share import Part, Share
from adapters.telegram.limits import LIMITS as TELEGRAM_LIMITS
from adapters.telegram.limits import PLATFORM as TELEGRAM
from adapters.telegram.platform import TelegramPlatform
from adapters.telegram.webhook import Webhook, WebhookReceiver, webhook_below
from adapters.wires import Wires, wires_of
from bot.commands.house import House, MayManage
from bot.desk import NewsDesk
from bot.domain.channel import ChannelRef
from bot.domain.delivery import Queue
from bot.domain.lease import Lease
from bot.domain.person import PersonRef
from bot.domain.topic import Catalogue, read_catalogue
from bot.messages.action import ActionCodec
from bot.ports.backups import Backups
from bot.ports.measures import Measure, unmeasured
from bot.ports.platform import ChatPlatform
from bot.ports.progress import Beat, Progress
from bot.ports.reading import PageReader
from bot.runtime import Runtime
from bot.services.complete_articles import ArticleCompleter
from bot.services.deliver import Deliverer
from bot.services.follow_hubs import HubFollower
from bot.services.give_opinion import OpinionBox
from bot.services.housekeep import Housekeeper
from bot.services.hurry import HurriedStorage
from bot.services.keep_going import Loop
from bot.services.keep_lease import LeaseKeeper
from bot.services.let_in import DoorKeeper
from bot.services.part_stories import StoryEditor
from bot.services.read_sources import SourceReader
from bot.services.share_hosts import SharedHosts
from bot.services.shelf import Shelf
from bot.services.topics import Topics
from storage.database import Database, open_storage
from storage.engine import DatabaseUrlError, parse
from storage.inbox import DatabaseInbox
from storage.postgresql_backups import PostgresqlBackups
from storage.prompts import DatabasePrompts
from storage.schema import migrate
from storage.signing_key import signing_key
from storage.sqlite_backups import SqliteBackups
from storage.waking import listen


class SeedsError(Exception):
    """The catalogue of topics is not where NEWSBOT_SEEDS says."""


class StartError(Exception):
    """What the bot stands on cannot be used; the sentence names the setting that says where it is."""


_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Where a web server answers, what is measured for it and how that is told."""

    door: socket.socket
    measure: Measure
    figures: Callable[[Iterable[Queue], Progress, datetime], bytes]


def serving_at(door: socket.socket) -> Serving:
    """A web server at this door."""
    from adapters.web.metrics import Metrics  # noqa: PLC0415  # most bots serve nothing and need not load it

    metrics = Metrics()
    return Serving(door=door, measure=metrics, figures=metrics.page)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What work without a platform needs: the command line's."""

    database: Database
    topics: Topics
    feeds: FeedsReader
    reader: SourceReader
    pages: PageReader
    clock: SystemClock
    leases: LeaseKeeper
    events: LogEvents


@asynccontextmanager
async def open_feeds(settings: Settings, *, reads_loopback: bool = False) -> AsyncIterator[FeedsReader]:
    """The reader of feeds alone, let go of at the end. ``reads_loopback`` as for a desk."""
    feeds = FeedsReader(allow=(*settings.fetch_allow, *(_LOOPBACK if reads_loopback else ())))
    try:
        yield feeds
    finally:
        await feeds.close()


@asynccontextmanager
async def open_desk(
    settings: Settings, *, reads_loopback: bool = False, measure: Measure = unmeasured
) -> AsyncIterator[Desk]:
    """A migrated database, the topics and the reader of feeds; all let go of at the end.

    ``reads_loopback`` lets feeds be read from this machine: the sandbox's newspaper. Raises HomeError,
    SeedsError, StartError and CatalogueError.
    """
    make_home(settings.home)
    catalogue = _catalogue(settings.seeds / "topics.toml")
    await _migrate(settings)
    async with open_feeds(settings, reads_loopback=reads_loopback) as feeds:
        database = open_storage(settings.database)
        try:
            clock = SystemClock()
            events = LogEvents(measure)
            topics = Topics(catalogue, measure=measure)
            refresh_delay = timedelta(seconds=settings.refresh_delay)
            us, is_alone = _us(), is_embedded(settings)
            reader = SourceReader(
                database,
                feeds,
                topics,
                clock,
                events,
                refresh_delay=refresh_delay,
                hosts=None if is_alone else SharedHosts(database, clock, events, holder=us),
            )
            try:
                yield Desk(
                    database=database,
                    topics=topics,
                    feeds=feeds,
                    reader=reader,
                    pages=feeds,
                    clock=clock,
                    leases=LeaseKeeper(database, clock, events, holder=us, is_alone=is_alone),
                    events=events,
                )
            finally:
                await reader.close()
        finally:
            await database.close()


async def build_runtime(
    settings: Settings,
    share: Share,
    desk: Desk,
    wires: Wires,
    *,
    pulse: Callable[[Progress], None],
    serving: Serving | None = None,
) -> Runtime:
    """The running bot, not yet started. The caller holds the only process on an SQLite file."""
    events = desk.events
    wires = wires_of(share, wires)
    key = await signing_key(desk.database)
    codec = ActionCodec(key)
    webhook = _webhook(settings, key)
    platforms: dict[str, ChatPlatform] = {}
    deliverer = Deliverer(desk.database, platforms, desk.clock, events)
    doors = DoorKeeper(desk.database, desk.clock, wake=deliverer.wake)
    platforms.update(_platforms(desk, wires, codec, doors, webhook))
    progress = Progress(platforms=frozenset(platforms))
    refresh_delay = timedelta(seconds=settings.refresh_delay)
    hurried = HurriedStorage(desk.database)
    house = House(
        storage=hurried,
        topics=desk.topics,
        opinions=OpinionBox(hurried, desk.clock, refresh_delay=refresh_delay),
        editors=frozenset(map(_place, settings.editors)),
        editor=StoryEditor(hurried, desk.topics, desk.clock, refresh_delay=refresh_delay),
        clock=desk.clock,
        shelf=Shelf(hurried, desk.clock),
        may_manage=_rights(platforms),
        private_chat=lambda person: platforms[person.platform].private_chat(person),
        doors=DoorKeeper(hurried, desk.clock, wake=deliverer.wake),
        wake=deliverer.wake,
    )
    return Runtime(
        desk=NewsDesk(house, events),
        platforms=platforms,
        deliverer=deliverer,
        reader=desk.reader,
        completer=ArticleCompleter(
            desk.database,
            desk.pages,
            desk.topics,
            desk.clock,
            events,
            refresh_delay=refresh_delay,
            wake=deliverer.wake,
        ),
        clock=desk.clock,
        events=events,
        pulse=pulse,
        leases=desk.leases,
        reads=Part.SOURCES in share.parts,
        also={
            **({"housekeeping": _housekeeping(settings, desk, events)} if Part.SOURCES in share.parts else {}),
            **({} if is_embedded(settings) else {"waking": _waking(desk, deliverer, platforms)}),
            **(_served(settings, desk, progress, serving, webhook, platforms, wake=deliverer.wake) if serving else {}),
        },
        progress=progress,
    )


def _waking(desk: Desk, deliverer: Deliverer, platforms: Mapping[str, ChatPlatform]) -> Loop:
    """Other processes promise what this one sends, and receive what this one handles."""

    async def hear(beat: Beat) -> None:
        await listen(desk.database, deliverer.wake, beat, look=_looker(platforms))

    return Loop(run=hear)


def _housekeeping(settings: Settings, desk: Desk, events: LogEvents) -> Loop:
    keep_articles = timedelta(days=settings.keep_articles_days)
    housekeeper = Housekeeper(desk.database, desk.clock, events, keep_articles=keep_articles)

    return _in_turn(desk, "housekeeping", housekeeper.run)


def _in_turn(desk: Desk, task: str, run: Callable[[Beat], Awaitable[None]]) -> Loop:
    """What is done in one process at a time."""

    async def run_in_turn(beat: Beat) -> None:
        async def work(_: Lease) -> None:
            await run(beat)

        await desk.leases.while_held(task, work, beat=beat)

    return Loop(run=run_in_turn)


def _us() -> str:
    """This process's name among all that ever ran, which tells an operator where it runs."""
    return f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"


def is_embedded(settings: Settings) -> bool:
    """Whether the database is a file of this process alone."""
    return settings.database.startswith("sqlite")


def database_file(settings: Settings) -> Path:
    """The file of an embedded database."""
    return Path(settings.database.removeprefix("sqlite+aiosqlite:///"))


def _webhook(settings: Settings, key: bytes) -> Webhook | None:
    if settings.telegram_updates == "polling" or not settings.public_url:
        return None
    return webhook_below(settings.public_url, key)


def _looker(platforms: Mapping[str, ChatPlatform]) -> Callable[[], None]:
    """What tells the listener of this process, if there is one, to look into the inbox."""
    listeners = [one for one in platforms.values() if isinstance(one, TelegramPlatform)]
    return listeners[0].look if listeners else lambda: None


def _served(
    settings: Settings,
    desk: Desk,
    progress: Progress,
    serving: Serving,
    webhook: Webhook | None,
    platforms: Mapping[str, ChatPlatform],
    *,
    wake: Callable[[], None],
) -> dict[str, Loop]:
    """The loops of what the web server answers."""
    from adapters import served  # noqa: PLC0415  # most bots serve nothing and need not load it
    from adapters.web.server import WebServer  # noqa: PLC0415  # the same

    outbox = served.QueueLook(desk.database, desk.clock)
    mounts = [
        served.health_mount(progress, outbox, desk.clock),
        served.metrics_mount(progress, outbox, desk.clock, figures=serving.figures),
    ]
    if webhook:
        receiver = WebhookReceiver(
            DatabaseInbox(desk.database, desk.clock, tells=True),
            secret=webhook.secret,
            on_arrival=_looker(platforms),
        )
        mounts.append(served.telegram_mount(webhook.path, receiver.take))
    loops: dict[str, Loop] = {}
    if settings.public_url:
        base = settings.public_url.rstrip("/") + served.HUB_PATH
        follower = HubFollower(
            desk.database,
            desk.feeds.hubs,
            desk.feeds,
            desk.reader,
            desk.clock,
            desk.events,
            callback=lambda token: base + token,
            wake=wake,
        )
        mounts.append(served.hub_mount(follower))
        loops["hubs"] = _in_turn(desk, "hubs", follower.run)
    return {**loops, "web": Loop(run=WebServer(mounts, serving.door).run)}


def database_backups(settings: Settings) -> Backups:
    """The backups of the database. Raises StartError."""
    try:
        url = parse(settings.database)
    except DatabaseUrlError as error:
        raise StartError(f"{error} Check NEWSBOT_DATABASE_URL.") from error
    return SqliteBackups(url) if is_embedded(settings) else PostgresqlBackups(url)


def searchable_platforms() -> frozenset[str]:
    """The platforms on which our own posts can be looked for."""
    limits = {DISCORD: DISCORD_LIMITS, TELEGRAM: TELEGRAM_LIMITS}
    return frozenset(name for name, of in limits.items() if of.can_find)


def _catalogue(path: Path) -> Catalogue:
    try:
        return read_catalogue(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise SeedsError(f"The topics in {path} cannot be read: {why}. Check NEWSBOT_SEEDS.") from error


async def _migrate(settings: Settings) -> None:
    try:
        await asyncio.to_thread(migrate, settings.database)
    except Exception as error:  # every driver has its own family of errors
        why = str(getattr(error, "orig", None) or error).partition("\n")[0].rstrip(".")
        raise StartError(f"The database cannot be used: {why}. Check NEWSBOT_DATABASE_URL and NEWSBOT_HOME.") from error


def _place(told: str) -> ChannelRef:
    platform, _, place = told.partition(":")
    return ChannelRef(platform=platform, id=place)


def _platforms(
    desk: Desk, wires: Wires, codec: ActionCodec, doors: DoorKeeper, webhook: Webhook | None
) -> dict[str, ChatPlatform]:
    platforms: list[ChatPlatform] = []
    if wires.discord:
        platforms.append(
            DiscordPlatform(wires.discord, codec=codec, clock=desk.clock, doors=doors, measure=desk.events.measure)
        )
    if wires.telegram:
        platforms.append(
            TelegramPlatform(
                wires.telegram,
                codec=codec,
                clock=desk.clock,
                inbox=DatabaseInbox(desk.database, desk.clock),
                prompts=DatabasePrompts(desk.database, desk.clock),
                doors=doors,
                webhook=webhook,
                measure=desk.events.measure,
            )
        )
    return {platform.name: platform for platform in platforms}


def _rights(platforms: Mapping[str, ChatPlatform]) -> MayManage:
    async def may_manage(person: PersonRef, channel: ChannelRef) -> bool:
        return await platforms[channel.platform].may_manage(person, channel)

    return may_manage
