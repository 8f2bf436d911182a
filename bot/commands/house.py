"""What handlers work with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.channel import Channel, ChannelId, ChannelKind, ChannelRef, NewChannel
from bot.domain.errors import NotAllowedError
from bot.domain.person import PersonRef
from bot.messages.exchange import Scene
from bot.ports.clock import Clock
from bot.ports.storage import Storage
from bot.services.give_opinion import OpinionBox
from bot.services.let_in import DoorKeeper
from bot.services.part_stories import StoryEditor
from bot.services.shelf import Shelf
from bot.services.topics import Topics
from bot.views.notices import ONLY_MANAGERS, ONLY_MANAGERS_THERE

MayManage = Callable[[PersonRef, ChannelRef], Awaitable[bool]]
PrivateChat = Callable[[PersonRef], ChannelRef | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The services of this process. ``wake`` tells the sender that something may be due.

    ``editors`` are the places whose managers may edit stories, in all their threads; where none is named, all places.
    """

    storage: Storage
    topics: Topics
    opinions: OpinionBox
    editor: StoryEditor
    editors: frozenset[ChannelRef]
    clock: Clock
    shelf: Shelf
    may_manage: MayManage
    private_chat: PrivateChat
    doors: DoorKeeper
    wake: Callable[[], None]


async def managed_channel(house: House, scene: Scene) -> Channel:
    """The channel of the scene, for somebody who may change it: the only way to one.

    In a private chat that is its owner, elsewhere whoever the platform says manages it. Raises NotAllowedError.
    """
    await _demand(house, scene)
    async with house.storage.writing() as work:
        channel = await work.channels.meet(
            NewChannel(ref=scene.channel, kind=scene.kind, title=scene.title), now=house.clock.now()
        )
        await work.commit()
    return channel


async def managed_elsewhere(
    house: House, scene: Scene, channel_id: ChannelId, *, is_only_closed: bool = False
) -> Channel:
    """The channel of that number, for somebody who may change it and says so there or in private.

    ``is_only_closed``: where we were shown the door, no platform says who manages a channel; then whoever looked after
    it until then may. Raises NotAllowedError.
    """
    async with house.storage.reading() as look:
        channel = await look.channels.numbered(channel_id)
    if channel is None:
        raise NotAllowedError(ONLY_MANAGERS_THERE)
    if channel.ref == scene.channel:
        await _demand(house, scene)
        return channel
    is_theirs = channel.ref.platform == scene.person.ref.platform and channel.kind is not ChannelKind.PRIVATE
    if is_theirs and is_only_closed and channel.paused_because and await _looks_after(house, scene, channel):
        return channel
    if not (is_theirs and await house.may_manage(scene.person.ref, channel.ref)):
        raise NotAllowedError(ONLY_MANAGERS_THERE)
    return channel


async def manages(house: House, scene: Scene) -> bool:
    """Whether the person manages the shared place where they speak, as the request or the platform says."""
    if scene.is_manager is not None:
        return scene.is_manager
    return await house.may_manage(scene.person.ref, scene.channel)


async def _demand(house: House, scene: Scene) -> None:
    if scene.kind is not ChannelKind.PRIVATE and not await manages(house, scene):
        raise NotAllowedError(ONLY_MANAGERS)


async def look_after(house: House, channel: Channel, scene: Scene) -> None:
    """Whoever changed something looks after the channel: remember where they can be told what happens to it."""
    now = house.clock.now()
    ref = scene.channel if channel.kind is ChannelKind.PRIVATE else house.private_chat(scene.person.ref)
    if ref is None:
        return
    async with house.storage.writing() as work:
        new = NewChannel(ref=ref, kind=ChannelKind.PRIVATE, title=scene.person.name)
        private = await work.channels.find(ref) or await work.channels.meet(new, now=now)
        await work.notices.keep(channel.id, private.id, now=now)
        await work.commit()


async def _looks_after(house: House, scene: Scene, channel: Channel) -> bool:
    ref = house.private_chat(scene.person.ref)
    async with house.storage.reading() as look:
        private = await look.channels.find(ref) if ref else None
        return private is not None and await look.notices.looks_after(channel.id, private.id)
