"""What those who look after a channel decide: doubtful posts, gathered posts, pauses, settings."""

from datetime import datetime

from bot.commands.house import House, look_after, managed_channel, managed_elsewhere
from bot.domain.channel import Channel, ChannelId, Prefers
from bot.domain.delivery import DeliveryId
from bot.domain.notice import NoticeId
from bot.messages.action import Action
from bot.messages.exchange import Answer, Command, Press, Replace, Scene, Show, Toast
from bot.messages.post import Post
from bot.ports.storage import UnitOfWork
from bot.views import moderation
from bot.views.notices import hint
from bot.views.settings import PREFERENCES, SAVED, UNKNOWN_CHOICE, settings


async def press_resend(house: House, press: Press, action: Action) -> Answer:
    newest = DeliveryId(action.subject)
    channel = await _channel_of(house, press.scene, newest)
    async with house.storage.writing() as work:
        number = await work.deliveries.resend(channel.id, up_to=newest, now=house.clock.now()) if channel else 0
        await work.commit()
    house.wake()
    return _decided(moderation.resent(number), number)


async def press_leave(house: House, press: Press, action: Action) -> Answer:
    newest = DeliveryId(action.subject)
    channel = await _channel_of(house, press.scene, newest)
    async with house.storage.writing() as work:
        number = await work.deliveries.leave(channel.id, up_to=newest, now=house.clock.now()) if channel else 0
        await work.commit()
    return _decided(moderation.left(number), number)


async def press_catch_up(house: House, press: Press, action: Action) -> Answer:
    channel = await managed_elsewhere(house, press.scene, ChannelId(action.subject))
    async with house.storage.writing() as work:
        held = await work.deliveries.held(channel.id) if not channel.paused_because else 0
        rest = await _catch_up(work, channel, now=house.clock.now()) if held else 0
        await work.commit()
    house.wake()
    return _decided(moderation.caught_up(held - rest, rest), held)


async def _catch_up(work: UnitOfWork, channel: Channel, *, now: datetime) -> int:
    """How many stories the post tells of that stands for those which do not come one by one."""
    left = await work.deliveries.catch_up(channel.id, most=moderation.CAUGHT_UP, now=now)
    if left:
        await work.digests.gather(channel.id, left, now=now)
    return len(left)


async def press_from_now(house: House, press: Press, action: Action) -> Answer:
    channel = await managed_elsewhere(house, press.scene, ChannelId(action.subject))
    async with house.storage.writing() as work:
        left_out = 0
        if not channel.paused_because:
            reason = "it gathered while the channel was closed, and a moderator wanted only what came after"
            left_out = await work.deliveries.leave_out(channel.id, now=house.clock.now(), reason=reason)
        await work.commit()
    return _decided(moderation.from_now_on(left_out), left_out)


async def press_try_again(house: House, press: Press, action: Action) -> Answer:
    channel = await managed_elsewhere(house, press.scene, ChannelId(action.subject), is_only_closed=True)
    was_paused = await house.doors.try_again(channel)
    return Toast(text=moderation.TRYING if was_paused else moderation.POSTS_ALREADY)


async def press_noted(house: House, press: Press, action: Action) -> Answer:
    async with house.storage.reading() as look:
        notice = await look.notices.find(NoticeId(action.subject))
    return Replace(post=moderation.noted(notice)) if notice else Toast(text=moderation.NO_LONGER)


async def show_settings(house: House, command: Command) -> Answer:
    channel = await managed_channel(house, command.scene)
    wanted = command.arguments.get("repeats", "").strip().casefold()
    if not wanted:
        return Show(post=settings(channel.prefers))
    chosen = next((choice for choice in PREFERENCES if choice == wanted), None)
    if chosen is None:
        return Show(post=hint("Which one?", UNKNOWN_CHOICE))
    return Show(post=await _prefer(house, channel, chosen, command.scene))


async def press_prefer(house: House, press: Press, action: Action) -> Answer:
    channel = await managed_channel(house, press.scene)
    if action.subject >= len(PREFERENCES):
        return Toast(text=UNKNOWN_CHOICE)
    return Replace(post=await _prefer(house, channel, PREFERENCES[action.subject], press.scene), toast=SAVED)


async def _prefer(house: House, channel: Channel, chosen: Prefers, scene: Scene) -> Post:
    async with house.storage.writing() as work:
        await work.channels.prefer(channel.id, chosen)
        await work.commit()
    await look_after(house, channel, scene)
    return settings(chosen, is_new=True)


async def _channel_of(house: House, scene: Scene, delivery_id: DeliveryId) -> Channel | None:
    async with house.storage.reading() as look:
        channel_id = await look.deliveries.channel_of(delivery_id)
    return None if channel_id is None else await managed_elsewhere(house, scene, channel_id)


def _decided(post: Post, number: int) -> Answer:
    return Replace(post=post) if number else Toast(text=moderation.NO_LONGER)
