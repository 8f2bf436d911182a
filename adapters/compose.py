"""The one place where concrete classes meet."""

import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.desk import Desk, is_embedded
from adapters.discord.inbound import PLATFORM as DISCORD
from adapters.discord.limits import INVITATIONS as DISCORD_INVITATIONS
from adapters.discord.limits import LIMITS as DISCORD_LIMITS
from adapters.discord.platform import DiscordPlatform
from adapters.machine.logs import LogEvents
from adapters.settings import Settings
from adapters.share import Part, Share
from adapters.telegram.limits import INVITATIONS as TELEGRAM_INVITATIONS
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
from bot.domain.opinion_links import OpinionLinks
from bot.domain.person import PersonRef
from bot.messages.action import ActionCodec
from bot.ports.measures import Measure
from bot.ports.platform import ChatPlatform
from bot.ports.progress import Beat, Progress
from bot.runtime import Runtime
from bot.services.complete_articles import ArticleCompleter
from bot.services.deliver import Deliverer
from bot.services.follow_hubs import HubFollower
from bot.services.give_opinion import OpinionBox
from bot.services.housekeep import Housekeeper
from bot.services.hurry import HurriedStorage
from bot.services.keep_going import Loop
from bot.services.let_in import DoorKeeper
from bot.services.part_stories import StoryEditor
from bot.services.shelf import Shelf
from storage.inbox import DatabaseInbox
from storage.signing_key import signing_key
from storage.waking import listen


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
    hurried = HurriedStorage(desk.database.for_people())
    house = House(
        storage=hurried,
        topics=desk.topics,
        opinions=OpinionBox(
            hurried,
            desk.clock,
            refresh_delay=refresh_delay,
            links=None if settings.opinion_invites else OpinionLinks((*DISCORD_INVITATIONS, *TELEGRAM_INVITATIONS)),
        ),
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

    def broken(error: Exception) -> None:
        desk.events.warn("not woken by others for now", reason=type(error).__name__)

    async def hear(beat: Beat) -> None:
        await listen(desk.database, deliverer.wake, beat, look=_looker(platforms), broken=broken)

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


def _webhook(settings: Settings, key: bytes) -> Webhook | None:
    if settings.telegram_updates == "polling" or not settings.public_url:
        return None
    return webhook_below(settings.public_url, key)


def _looker(platforms: Mapping[str, ChatPlatform]) -> Callable[[], None]:
    """What tells the listener of this process, if there is one, to look into the inbox."""
    listener = _telegram(platforms)
    return listener.look if listener else lambda: None


def _telegram(platforms: Mapping[str, ChatPlatform]) -> TelegramPlatform | None:
    return next((one for one in platforms.values() if isinstance(one, TelegramPlatform)), None)


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
        listener = _telegram(platforms)
        receiver = WebhookReceiver(
            DatabaseInbox(desk.database.for_people(), desk.clock, tells=True),
            secret=webhook.secret,
            on_arrival=_looker(platforms),
            excuse=listener.excuse if listener else None,
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


def searchable_platforms() -> frozenset[str]:
    """The platforms on which our own posts can be looked for."""
    limits = {DISCORD: DISCORD_LIMITS, TELEGRAM: TELEGRAM_LIMITS}
    return frozenset(name for name, of in limits.items() if of.can_find)


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
                inbox=DatabaseInbox(desk.database.for_people(), desk.clock),
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
