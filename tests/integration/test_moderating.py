"""Decisions about a channel, pressed there or in private: who may take them, and what they do."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.channel import ChannelId, ChannelKind, ChannelRef, Loss, Prefers
from bot.domain.delivery import DeliveryId, DeliveryState, Parked
from bot.messages.action import Verb
from bot.messages.exchange import Replace, Show, Toast
from bot.views.moderation import CAUGHT_UP, NO_LONGER, POSTS_ALREADY, TRIED_JUST_NOW, TRYING
from bot.views.notices import ONLY_MANAGERS, ONLY_MANAGERS_THERE
from tests import stored
from tests.builders import NOON, channel_ref, new_channel, person
from tests.newsroom import EVERYTHING, Newsroom, Place, labels, open_newsroom, words_of

_ME = "7"
_NEWS = Place(ref=channel_ref("100"), kind=ChannelKind.GROUP)
_ALONE = Place(ref=channel_ref("with me"), kind=ChannelKind.PRIVATE)
_DECISIONS = (Verb.RESEND, Verb.LEAVE, Verb.CATCH_UP, Verb.FROM_NOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A channel with two posts of unknown outcome and more held ones than are simply sent."""

    newsroom: Newsroom
    channel: ChannelId
    parked: DeliveryId

    def subject(self, verb: Verb) -> int:
        return self.parked if verb in {Verb.RESEND, Verb.LEAVE} else self.channel

    async def counts(self) -> dict[DeliveryState, int]:
        async with self.newsroom.database.reading() as look:
            return {state: number for state, number in (await look.deliveries.counts()).items() if number}

    async def close(self) -> None:
        async with self.newsroom.database.writing() as work:
            now = self.newsroom.clock.now()
            await work.channels.pause([_NEWS.ref], reason="removed", loss=Loss.SHUT_OUT, now=now)
            await work.commit()

    async def is_paused(self) -> bool:
        async with self.newsroom.database.reading() as look:
            channel = await look.channels.find(_NEWS.ref)
        assert channel
        return channel.paused_because is not None


@pytest.fixture
async def trouble(tmp_path: Path) -> AsyncIterator[Trouble]:
    async with open_newsroom(tmp_path) as newsroom:
        database, now = newsroom.database, newsroom.clock.now()
        followed = await newsroom.follow(EVERYTHING, _NEWS)
        doubtful = [await stored.story(database, f"Doubtful {number}") for number in range(2)]
        for story_id in doubtful:
            await stored.promised(database, story_id, now=now)
            [claim] = await stored.claimed(database, now=now)
            await stored.settled(database, (claim, Parked(reason="cut")), now=now)
        async with database.reading() as look:
            newest = (await look.deliveries.parked(followed.channel_id))[0]
        opened = Trouble(newsroom=newsroom, channel=followed.channel_id, parked=newest.id)
        await opened.close()
        for number in range(CAUGHT_UP + 2):
            await stored.promised(database, await stored.story(database, f"Held {number}"), now=now)
        async with database.writing() as work:
            await work.channels.resume(followed.channel_id, now=now, most=CAUGHT_UP)
            await work.commit()
        yield opened


@pytest.mark.parametrize(
    ("verb", "place"), [(verb, place) for verb, place in zip(_DECISIONS, (_NEWS, _ALONE, _ALONE, _NEWS), strict=True)]
)
async def test_who_manages_the_channel_decides_there_and_in_private(trouble: Trouble, verb: Verb, place: Place) -> None:
    trouble.newsroom.managers.add((person(_ME, platform="discord").ref, _NEWS.ref))
    before = await trouble.counts()
    answer = await trouble.newsroom.press(verb, trouble.subject(verb), place=place)
    assert isinstance(answer, Replace)
    assert await trouble.counts() != before
    again = await trouble.newsroom.press(verb, trouble.subject(verb), place=place)
    assert again == Toast(text=NO_LONGER)


@pytest.mark.parametrize("is_closed", [False, True])
async def test_nobody_else_has_any_effect(trouble: Trouble, *, is_closed: bool) -> None:
    if is_closed:
        await trouble.close()
        trouble.newsroom.clock.pass_on(3600)
    others = {
        ONLY_MANAGERS: [_NEWS],
        ONLY_MANAGERS_THERE: [
            _ALONE,
            Place(ref=channel_ref("5"), kind=ChannelKind.GROUP, is_manager=True),
            Place(ref=channel_ref("100", platform="telegram"), kind=ChannelKind.GROUP, is_manager=True),
        ],
    }
    before = trouble.newsroom.stored()
    for sentence, places in others.items():
        for place in places:
            for verb in (*_DECISIONS, Verb.TRY_AGAIN):
                answer = await trouble.newsroom.press(verb, trouble.subject(verb), place=place)
                assert answer == Toast(text=sentence), (verb, place)
    assert trouble.newsroom.stored() == before


async def test_the_owner_of_another_private_chat_decides_nothing_in_this_one(trouble: Trouble) -> None:
    mine = await trouble.newsroom.follow(EVERYTHING, Place(ref=channel_ref("mine"), kind=ChannelKind.PRIVATE))
    theirs = Place(ref=channel_ref("theirs"), kind=ChannelKind.PRIVATE)
    trouble.newsroom.managers.add((person(_ME, platform="discord").ref, channel_ref("mine")))
    answer = await trouble.newsroom.press(Verb.FROM_NOW, mine.channel_id, place=theirs)
    assert answer == Toast(text=ONLY_MANAGERS_THERE)


async def test_catching_up_brings_the_newest_and_one_post_for_the_rest(trouble: Trouble) -> None:
    trouble.newsroom.managers.add((person(_ME, platform="discord").ref, _NEWS.ref))
    answer = await trouble.newsroom.press(Verb.CATCH_UP, trouble.channel, place=_NEWS)
    assert "The newest 10 stories are on their way, and one post tells of 2 more." in words_of(answer)
    assert await trouble.counts() == {
        DeliveryState.PARKED: 2,
        DeliveryState.PENDING: CAUGHT_UP + 1,
        DeliveryState.BURIED: 2,
    }


async def test_what_is_doubtful_and_held_stands_in_the_list_of_subscriptions_with_its_buttons(trouble: Trouble) -> None:
    answer = await trouble.newsroom.command("subscriptions", _NEWS)
    assert isinstance(answer, Show)
    words = words_of(answer)
    assert "may not have arrived" in words
    assert "Doubtful 0" in words
    assert "12 stories gathered" in words
    assert {"Resend all 2", "Leave them", "Catch up: newest 10", "From now on"} <= set(labels(answer.post))
    await trouble.close()
    words = words_of(await trouble.newsroom.command("subscriptions", _NEWS))
    assert "Posting here is paused" in words
    assert "Invite me again" in words


async def test_who_looked_after_a_closed_channel_may_have_it_tried_again(trouble: Trouble) -> None:
    manager = Place(ref=_NEWS.ref, kind=ChannelKind.GROUP, is_manager=True)
    await trouble.newsroom.command("subscribe", manager, what="Japan")
    await trouble.close()
    assert await trouble.newsroom.press(Verb.TRY_AGAIN, trouble.channel, place=_ALONE) == Toast(text=TRIED_JUST_NOW)
    trouble.newsroom.clock.pass_on(60)
    assert await trouble.newsroom.press(Verb.TRY_AGAIN, trouble.channel, place=_ALONE) == Toast(text=TRYING)
    assert not await trouble.is_paused()


async def test_a_channel_that_is_open_is_not_tried_again(trouble: Trouble) -> None:
    trouble.newsroom.managers.add((person(_ME, platform="discord").ref, _NEWS.ref))
    answer = await trouble.newsroom.press(Verb.TRY_AGAIN, trouble.channel, place=_NEWS)
    assert answer == Toast(text=POSTS_ALREADY)


@pytest.mark.parametrize(
    ("may_post", "minutes", "is_open"),
    [(True, 0, True), (None, 59, False), (None, 60, True), (False, 600, False)],
)
async def test_a_command_from_a_closed_channel_opens_it_where_that_promises_something(
    trouble: Trouble, *, may_post: bool | None, minutes: int, is_open: bool
) -> None:
    await trouble.close()
    trouble.newsroom.clock.pass_on(timedelta(minutes=minutes).total_seconds())
    await trouble.newsroom.command("help", Place(ref=_NEWS.ref, kind=ChannelKind.GROUP, may_post=may_post))
    assert await trouble.is_paused() is not is_open


async def test_a_person_who_speaks_to_us_can_be_told_again_what_they_did_not_take(trouble: Trouble) -> None:
    private = ChannelRef(platform="discord", id=f"with {_ME}")
    async with trouble.newsroom.database.writing() as work:
        await work.channels.meet(new_channel(private.id, kind=ChannelKind.PRIVATE), now=NOON)
        await work.channels.pause([private], reason="closed", loss=Loss.BLOCKED, now=trouble.newsroom.clock.now())
        await work.commit()
    alone = Place(ref=channel_ref("dm"), kind=ChannelKind.PRIVATE, may_post=True)
    await trouble.newsroom.command("help", alone)
    async with trouble.newsroom.database.reading() as look:
        told = await look.channels.find(private)
    assert told
    assert told.paused_because is None


async def test_a_choice_that_is_none_changes_nothing(trouble: Trouble) -> None:
    manager = Place(ref=_NEWS.ref, kind=ChannelKind.GROUP, is_manager=True)
    assert "no-loss" in words_of(await trouble.newsroom.command("settings", manager, repeats="maybe"))
    assert isinstance(await trouble.newsroom.press(Verb.PREFER, 9, place=manager), Toast)
    async with trouble.newsroom.database.reading() as look:
        channel = await look.channels.find(_NEWS.ref)
    assert channel
    assert channel.prefers is Prefers.NO_LOSS


async def test_a_notice_that_was_seen_shrinks(trouble: Trouble) -> None:
    assert await trouble.newsroom.press(Verb.NOTED, 999, place=_ALONE) == Toast(text=NO_LONGER)
