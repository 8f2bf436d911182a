"""What handlers work with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.channel import Channel, ChannelKind, ChannelRef, NewChannel
from bot.domain.errors import NotAllowedError
from bot.domain.person import PersonRef
from bot.messages.exchange import Scene
from bot.ports.clock import Clock
from bot.ports.storage import Storage
from bot.services.give_opinion import OpinionBox
from bot.services.shelf import Shelf
from bot.services.topics import Topics
from bot.views.notices import ONLY_MANAGERS

MayManage = Callable[[PersonRef, ChannelRef], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The services of this process. ``wake`` tells the sender that something may be due."""

    storage: Storage
    topics: Topics
    opinions: OpinionBox
    clock: Clock
    shelf: Shelf
    may_manage: MayManage
    wake: Callable[[], None]


async def managed_channel(house: House, scene: Scene) -> Channel:
    """The channel of the scene, for somebody who may change it: the only way to one.

    In a private chat that is its owner, elsewhere whoever the platform says manages it. Raises NotAllowedError.
    """
    if scene.kind is not ChannelKind.PRIVATE:
        allowed = scene.is_manager
        if allowed is None:
            allowed = await house.may_manage(scene.person.ref, scene.channel)
        if not allowed:
            raise NotAllowedError(ONLY_MANAGERS)
    async with house.storage.writing() as work:
        channel = await work.channels.meet(
            NewChannel(ref=scene.channel, kind=scene.kind, title=scene.title), now=house.clock.now()
        )
        await work.commit()
    return channel
