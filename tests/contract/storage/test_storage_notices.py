"""What the port promises about telling moderators."""

from datetime import timedelta

import pytest

from bot.domain.channel import Channel, ChannelKind
from bot.domain.delivery import ChannelPaused, Claim, DeliveryKind, Sent, Waiting
from bot.domain.notice import NewNotice, NoticeId, NoticeKind
from bot.domain.subscription import Everything, FromSource
from bot.ports.storage import UnitOfWork
from storage import Database
from tests import stored
from tests.builders import NOON, channel_ref, new_channel, receipt

_LATER = NOON + timedelta(hours=1)


async def _private(work: UnitOfWork, person: str) -> Channel:
    return await work.channels.meet(new_channel(f"@{person}", kind=ChannelKind.PRIVATE), now=NOON)


async def _kept(storage: Database, place: str, *people: str, kind: ChannelKind = ChannelKind.GROUP) -> Channel:
    """A channel, looked after by these people, who came to it one minute after the other."""
    async with storage.writing() as work:
        channel = await work.channels.meet(new_channel(place, kind=kind), now=NOON)
        for minute, person in enumerate(people):
            private = await _private(work, person)
            await work.notices.keep(channel.id, private.id, now=NOON + timedelta(minutes=minute))
        await work.commit()
    return channel


def _paused(channel: Channel, key: str = "paused") -> NewNotice:
    return NewNotice(kind=NoticeKind.CHANNEL_PAUSED, key=key, about="#news", reason="kicked", channel_id=channel.id)


async def _tell(storage: Database, notice: NewNotice) -> int:
    async with storage.writing() as work:
        told = await work.notices.tell(notice, now=NOON)
        await work.commit()
    return told


async def _told_to(storage: Database) -> list[str]:
    """Where notices that are due now go."""
    return sorted(claim.channel.id for claim in await stored.claimed(storage) if claim.kind is DeliveryKind.NOTICE)


async def test_of_a_channel_its_keepers_are_told_and_nobody_else(storage: Database) -> None:
    channel = await _kept(storage, "100", "ada", "bob")
    await _kept(storage, "200", "eve")
    assert await _tell(storage, _paused(channel)) == 2
    assert await _told_to(storage) == ["@ada", "@bob"]


async def test_the_last_three_who_looked_after_a_channel_are_told(storage: Database) -> None:
    channel = await _kept(storage, "100", "ada", "bob", "eve", "kim")
    assert await _tell(storage, _paused(channel)) == 3
    assert await _told_to(storage) == ["@bob", "@eve", "@kim"]


async def test_one_cause_is_told_once(storage: Database) -> None:
    channel = await _kept(storage, "100", "ada")
    assert await _tell(storage, _paused(channel)) == 1
    assert await _tell(storage, _paused(channel)) == 0
    assert await _tell(storage, _paused(channel, "another")) == 1


async def test_what_is_for_nobody_is_not_kept(storage: Database) -> None:
    channel = await _kept(storage, "100")
    assert await _tell(storage, _paused(channel)) == 0
    async with storage.reading() as look:
        assert await look.notices.last(NoticeKind.CHANNEL_PAUSED, channel.id) is None


async def test_a_notice_is_found_as_it_was_told(storage: Database) -> None:
    channel = await _kept(storage, "100", "ada")
    await _tell(storage, _paused(channel))
    [claim] = await stored.claimed(storage)
    assert claim.notice_id is not None
    async with storage.reading() as look:
        notice = await look.notices.find(claim.notice_id)
        assert notice == await look.notices.last(NoticeKind.CHANNEL_PAUSED, channel.id)
        assert await look.notices.find(NoticeId(999)) is None
    assert notice is not None
    assert (notice.kind, notice.about, notice.reason, notice.channel_id, notice.at) == (
        NoticeKind.CHANNEL_PAUSED,
        "#news",
        "kicked",
        channel.id,
        NOON,
    )


async def test_a_notice_is_claimed_settled_and_keeps_its_receipt_whatever_story_has_its_number(
    storage: Database,
) -> None:
    channel = await _kept(storage, "100", "ada")
    async with storage.writing() as work:
        private = await _private(work, "ada")
        await work.subscriptions.add(private.id, Everything(), now=NOON)
        await work.commit()
    await stored.promised(storage, await stored.story(storage))
    await _tell(storage, _paused(channel))

    [notice] = await stored.claimed(storage)
    assert notice.kind is DeliveryKind.NOTICE
    await stored.settled(storage, (notice, Waiting(not_before=NOON, reason="cut", was_uncertain=True)))
    [again] = await stored.claimed(storage)
    assert (again.id, again.once, again.attempt, again.uncertain) == (notice.id, notice.once, 2, 1)
    await stored.settled(storage, (again, Sent(receipt=receipt("7", place="@ada"))))

    [headline] = await stored.claimed(storage)
    assert headline.kind is DeliveryKind.HEADLINE
    assert headline.receipt is None


async def test_a_killed_senders_notice_is_found_again(storage: Database) -> None:
    channel = await _kept(storage, "100", "ada")
    await _tell(storage, _paused(channel))
    [claim] = await stored.claimed(storage, holder="dead")
    assert claim.notice_id is not None
    async with storage.reading() as look:
        [left] = await look.deliveries.abandoned(now=NOON, holder="alive")
        waiting = await look.notices.is_waiting(claim.notice_id)
    assert (left.id, left.kind, left.channel) == (claim.id, DeliveryKind.NOTICE, channel_ref("@ada"))
    assert not waiting


async def test_a_notice_waits_until_somebody_tries_to_tell_it(storage: Database) -> None:
    channel = await _kept(storage, "100", "ada")
    await _tell(storage, _paused(channel))
    async with storage.reading() as look:
        last = await look.notices.last(NoticeKind.CHANNEL_PAUSED, channel.id)
        assert last is not None
        assert await look.notices.is_waiting(last.id)
        assert await look.deliveries.next_due(("discord",)) == NOON


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (ChannelKind.GROUP, ["100"]),
        (ChannelKind.PRIVATE, ["100"]),
        (ChannelKind.BROADCAST, ["@ada"]),
    ],
)
async def test_that_a_channel_is_back_is_asked_where_somebody_can_answer(
    storage: Database, kind: ChannelKind, told: list[str]
) -> None:
    channel = await _kept(storage, "100", "ada", kind=kind)
    back = NewNotice(kind=NoticeKind.CHANNEL_IS_BACK, key="back", about="#news", channel_id=channel.id)
    assert await _tell(storage, back) == 1
    assert await _told_to(storage) == told


async def test_nobody_is_told_of_a_closed_private_chat_in_that_chat(storage: Database) -> None:
    async with storage.writing() as work:
        private = await _private(work, "ada")
        await work.notices.keep(private.id, private.id, now=NOON)
        assert await work.notices.tell(_paused(private), now=NOON) == 0
        parked = NewNotice(kind=NoticeKind.POSTS_PARKED, key="parked", about="A story", channel_id=private.id)
        assert await work.notices.tell(parked, now=NOON) == 1


async def _failing(storage: Database) -> tuple[NewNotice, NewNotice]:
    async with storage.writing() as work:
        source = await stored.source_at(work)
        await work.commit()
    fails = NewNotice(kind=NoticeKind.SOURCE_FAILS, key="fails", about=source.title, source_id=source.id)
    return fails, NewNotice(kind=NoticeKind.SOURCE_IS_BACK, key="back", about=source.title, source_id=source.id)


async def test_of_a_source_those_are_told_who_chose_it_or_show_everything_to_others(storage: Database) -> None:
    fails, _ = await _failing(storage)
    assert fails.source_id is not None
    by_name, showing_all, reading_all, other = (
        await _kept(storage, "100", "named"),
        await _kept(storage, "200", "shown"),
        await _kept(storage, "300", "reader", kind=ChannelKind.PRIVATE),
        await _kept(storage, "400", "other"),
    )
    async with storage.writing() as work:
        await work.subscriptions.add(by_name.id, FromSource(source_id=fails.source_id, label="The Wire"), now=NOON)
        for channel in (showing_all, reading_all):
            await work.subscriptions.add(channel.id, Everything(), now=NOON)
        await work.notices.keep(other.id, (await _private(work, "named")).id, now=NOON)
        await work.commit()
    assert await _tell(storage, fails) == 2
    assert await _told_to(storage) == ["@named", "@shown"]


async def _told_of_failure(storage: Database) -> tuple[Claim, NewNotice]:
    fails, back = await _failing(storage)
    channel = await _kept(storage, "100", "ada")
    async with storage.writing() as work:
        await work.subscriptions.add(channel.id, Everything(), now=NOON)
        await work.commit()
    await _tell(storage, fails)
    [claim] = await stored.claimed(storage)
    return claim, back


async def _is_back(storage: Database, back: NewNotice) -> int:
    assert back.source_id is not None
    async with storage.writing() as work:
        told = await work.notices.source_is_back(back.source_id, back, now=_LATER)
        await work.commit()
    return told


async def test_whoever_was_told_that_a_source_fails_is_told_that_it_is_back(storage: Database) -> None:
    claim, back = await _told_of_failure(storage)
    await stored.settled(storage, (claim, Sent(receipt=receipt(place="@ada"))))
    assert await _is_back(storage, back) == 1
    [again] = await stored.claimed(storage, now=_LATER)
    assert again.channel == channel_ref("@ada")


async def test_whoever_could_not_be_told_of_an_outage_hears_nothing_once_it_is_over(storage: Database) -> None:
    fails, back = await _failing(storage)
    channel = await _kept(storage, "100", "ada")
    async with storage.writing() as work:
        await work.subscriptions.add(channel.id, Everything(), now=NOON)
        await work.commit()
    assert await _tell(storage, fails) == 1
    assert await _is_back(storage, back) == 0
    assert await stored.claimed(storage, now=_LATER) == []


@pytest.mark.parametrize("was_told", [True, False])
async def test_whoever_was_told_of_a_pause_is_told_of_its_end_and_nobody_else(
    storage: Database, *, was_told: bool
) -> None:
    channel = await _kept(storage, "100", "ada", "bob")
    await _tell(storage, _paused(channel))
    told, _ = await stored.claimed(storage, limit=2) if was_told else (None, None)
    if told:
        await stored.settled(storage, (told, Sent(receipt=receipt(place="@ada"))))
        async with storage.writing() as work:
            await work.notices.keep(channel.id, (await _private(work, "new")).id, now=NOON)
            await work.commit()
    goes_on = NewNotice(kind=NoticeKind.CHANNEL_GOES_ON, key="goes on", about="#news", channel_id=channel.id)
    async with storage.writing() as work:
        assert await work.notices.channel_goes_on(channel.id, goes_on, now=_LATER) == (2 if was_told else 0)
        assert await work.notices.channel_goes_on(channel.id, goes_on, now=_LATER) == 0
        await work.commit()
    if not was_told:
        assert await stored.claimed(storage, now=_LATER) == []


async def test_a_notice_to_a_person_who_blocked_us_waits_and_is_not_lost(storage: Database) -> None:
    claim, _ = await _told_of_failure(storage)
    await stored.settled(storage, (claim, ChannelPaused(reason="blocked")))
    assert await stored.claimed(storage, now=_LATER) == []
    async with storage.writing() as work:
        assert await work.channels.resume(claim.channel_id, now=_LATER, most=0)
        await work.commit()
    [again] = await stored.claimed(storage, now=_LATER)
    assert again.id == claim.id


async def test_old_notices_go_with_their_deliveries_but_for_those_being_told(storage: Database) -> None:
    channel = await _kept(storage, "100", "ada", "bob")
    await _tell(storage, _paused(channel))
    claims = await stored.claimed(storage)
    async with storage.writing() as work:
        assert await work.attic.drop_notices(_LATER, limit=9) == 0
        await work.commit()
    await stored.settled(storage, *((claim, Sent(receipt=receipt())) for claim in claims))
    async with storage.writing() as work:
        assert await work.attic.drop_notices(NOON, limit=9) == 0
        assert await work.attic.drop_notices(_LATER, limit=9) == 1
        assert sum((await work.deliveries.counts()).values()) == 0
        assert await work.notices.last(NoticeKind.CHANNEL_PAUSED, channel.id) is None


async def test_who_looks_after_a_channel_is_known(storage: Database) -> None:
    channel = await _kept(storage, "100", "ada")
    async with storage.writing() as work:
        assert await work.notices.looks_after(channel.id, (await _private(work, "ada")).id)
        assert not await work.notices.looks_after(channel.id, (await _private(work, "bob")).id)


async def test_keepers_and_notices_follow_a_group_that_becomes_another(storage: Database) -> None:
    old, new = await _kept(storage, "100", "ada", "bob"), await _kept(storage, "900", "bob")
    await _tell(storage, _paused(old))
    async with storage.writing() as work:
        await work.channels.moved(old.ref, new.ref)
        await work.commit()
    assert await _told_to(storage) == ["@ada", "@bob"]
    assert await _tell(storage, _paused(new, "again")) == 2
