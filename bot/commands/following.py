"""Following: topics, subscribe, unsubscribe, subscriptions."""

import math

from bot.commands.house import House, look_after, managed_channel
from bot.commands.reading import number_of, phrase_of
from bot.domain.channel import NewChannel
from bot.domain.subscription import Everything, SubscriptionId
from bot.messages.action import Action
from bot.messages.exchange import Answer, Command, Press, Replace, Scene, Show, Toast
from bot.messages.post import Post
from bot.services.channel_standing import how_it_stands
from bot.services.subscribe import WEEK, Followed, follow, unfollow, unfollow_named, wish_for
from bot.views.following import (
    TOPICS_ON_PAGE,
    OfferedTopic,
    followed,
    followed_in_short,
    subscriptions,
    target_name,
    topics,
    unfollowed,
)
from bot.views.notices import hint


async def show_topics(house: House, command: Command) -> Answer:
    return Show(post=await _topics(house, page=0))


async def press_catalogue(house: House, press: Press, action: Action) -> Answer:
    return Show(post=await _topics(house, page=0))


async def press_topics(house: House, press: Press, action: Action) -> Answer:
    return Replace(post=await _topics(house, page=action.page))


async def subscribe(house: House, command: Command) -> Answer:
    wish = command.arguments.get("what", "")
    if not wish.strip():
        return Show(post=hint("Follow what?", "Type /subscribe and a topic, a source, any words, or everything."))
    done = await _follow(house, command.scene, wish)
    everything = isinstance(done.subscription.target, Everything)
    latest = 0 if everything else await number_of(house, wish_for(done.subscription.target))
    meant = [(topic, await number_of(house, topic.name("en"))) for topic in done.meant]
    return Show(post=followed(done.subscription, is_new=done.is_new, recent=done.recent, latest=latest, meant=meant))


async def press_subscribe(house: House, press: Press, action: Action) -> Answer:
    wish = await phrase_of(house, action.subject)
    if not wish:
        return Toast(text="This button no longer works. Type /topics for fresh ones.")
    done = await _follow(house, press.scene, wish)
    return Toast(text=followed_in_short(done.subscription, is_new=done.is_new, recent=done.recent))


async def unsubscribe(house: House, command: Command) -> Answer:
    wish = command.arguments.get("what", "")
    if not wish.strip():
        return await list_subscriptions(house, command)
    channel = await managed_channel(house, command.scene)
    removed = await unfollow_named(house.storage, house.topics, channel, wish)
    if removed is None:
        return Show(post=hint("That is not followed here", "Type /subscriptions to see what is."))
    await look_after(house, channel, command.scene)
    again = await number_of(house, wish_for(removed.target))
    return Show(post=unfollowed(removed.target, removed.left, again=again))


async def press_unsubscribe(house: House, press: Press, action: Action) -> Answer:
    channel = await managed_channel(house, press.scene)
    removed = await unfollow(house.storage, channel, SubscriptionId(action.subject))
    if removed is None:
        return Toast(text="That is not followed here (any more).")
    await look_after(house, channel, press.scene)
    again = await number_of(house, wish_for(removed.target))
    return Replace(
        post=unfollowed(removed.target, removed.left, again=again), toast=f"Stopped: {target_name(removed.target)}"
    )


async def list_subscriptions(house: House, command: Command) -> Answer:
    return Show(post=await _listed(house, command.scene))


async def press_subscriptions(house: House, press: Press, action: Action) -> Answer:
    return Show(post=await _listed(house, press.scene))


async def _follow(house: House, scene: Scene, wish: str) -> Followed:
    channel = await managed_channel(house, scene)
    done = await follow(house.storage, house.topics, house.clock, channel, wish)
    await look_after(house, channel, scene)
    house.wake()
    return done


async def _listed(house: House, scene: Scene) -> Post:
    async with house.storage.writing() as work:
        channel = await work.channels.meet(
            NewChannel(ref=scene.channel, kind=scene.kind, title=scene.title), now=house.clock.now()
        )
        listed = await work.subscriptions.of(channel.id)
        standing = await how_it_stands(work, channel, listed, now=house.clock.now())
        await work.commit()
    return subscriptions(listed, standing)


async def _topics(house: House, *, page: int) -> Post:
    """Topics that are in the news this week come first."""
    async with house.storage.reading() as look:
        busy = await look.stories.busiest_topics(since=house.clock.now() - WEEK)
    catalogue = sorted(house.topics.catalogue, key=lambda topic: -busy.get(topic.id, 0))
    pages = max(1, math.ceil(len(catalogue) / TOPICS_ON_PAGE))
    shown = min(page, pages - 1)
    offered = [
        OfferedTopic(topic=topic, number=await number_of(house, topic.name("en")), recent=busy.get(topic.id, 0))
        for topic in catalogue[shown * TOPICS_ON_PAGE : (shown + 1) * TOPICS_ON_PAGE]
    ]
    return topics(offered, page=shown, pages=pages)
