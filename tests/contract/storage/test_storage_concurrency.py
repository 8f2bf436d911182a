"""Many tasks and several processes at once do each other no harm."""

import asyncio
from collections import Counter

from bot.domain.channel import ChannelId
from bot.domain.delivery import Claim, DeliveryId, DeliveryState, Parked, Sent, Settled, Waiting
from bot.domain.subscription import Everything
from bot.ports.inbox import Letter
from storage import Database, DatabaseInbox, signing_key
from tests import stored
from tests.builders import NOON, new_channel, opinion, person, receipt
from tests.fakes.clocks import HeldClock


async def test_eight_writers_and_eight_readers_never_meet_a_lock(storage: Database, other_process: Database) -> None:
    story_id = await stored.story(storage)

    async def write(number: int) -> None:
        process = (storage, other_process)[number % 2]
        for turn in range(10):
            async with process.writing() as work:
                assert await work.stories.find(story_id)  # reads first, as a use case does
                await work.opinions.save(opinion(story_id, person(f"{number}-{turn}")))
                await work.commit()

    async def read(number: int) -> None:
        process = (storage, other_process)[number % 2]
        for _ in range(20):
            async with process.reading() as look:
                story = await look.stories.find(story_id)
                assert story is not None
                assert story.tally == await look.opinions.tally(story_id)

    async with asyncio.timeout(60):
        await asyncio.gather(*map(write, range(8)), *map(read, range(8)))
    async with storage.reading() as look:
        assert (await look.opinions.tally(story_id)).voices == 80


async def test_results_and_a_new_wish_for_the_same_cards_wait_for_each_other_and_not_for_ever(
    storage: Database, other_process: Database
) -> None:
    for place in range(4):
        await stored.channel(storage, str(place))
    story_id = await stored.story(storage)
    await stored.promised(storage, story_id)
    cards = await stored.claimed(storage)
    await stored.settled(storage, *((claim, Sent(receipt=receipt(str(claim.id)))) for claim in cards))
    await stored.refreshed(storage, story_id)
    claims = await stored.claimed(storage)
    async with storage.changing() as somebody:
        await somebody.exec_driver_sql(f"UPDATE deliveries SET holder = holder WHERE id = {claims[2].id}")  # noqa: S608  # ours
        results = stored.settled(storage, *((claim, Sent(receipt=receipt("9"))) for claim in reversed(claims)))
        tasks = [asyncio.create_task(work) for work in (results, stored.refreshed(other_process, story_id))]
        await asyncio.wait(tasks, timeout=0.2)
        await somebody.commit()
    await asyncio.gather(*tasks)
    async with storage.reading() as look:
        assert (await look.deliveries.counts())[DeliveryState.SENT] >= len(claims)


async def test_two_claimers_never_hold_the_same_row_or_one_channel_together(
    storage: Database, other_process: Database
) -> None:
    for place in range(12):
        await stored.channel(storage, str(place))
    stories = [await stored.story(storage, f"Story {number}") for number in range(5)]
    for story_id in stories:
        await stored.promised(storage, story_id)
    held: dict[ChannelId, DeliveryId] = {}
    sent: Counter[DeliveryId] = Counter()

    async def work_off(process: Database, holder: str) -> None:
        is_waiting = True
        while is_waiting:
            claims = await stored.claimed(process, holder=holder, limit=4)
            for claim in claims:
                assert claim.channel_id not in held, "two in flight in one channel"
                held[claim.channel_id] = claim.id
            await asyncio.sleep(0)
            for claim in claims:
                del held[claim.channel_id]
                sent[claim.id] += 1
            await stored.settled(process, *((claim, _outcome(claim)) for claim in claims))
            async with process.reading() as look:
                counts = await look.deliveries.counts()
            is_waiting = bool(counts[DeliveryState.PENDING] + counts[DeliveryState.SENDING])

    async with asyncio.timeout(60):
        await asyncio.gather(
            *(
                work_off(process, f"{name}-{number}")
                for number in range(2)
                for name, process in (("here", storage), ("there", other_process))
            )
        )
    assert len(sent) == 12 * len(stories)
    assert set(sent.values()) <= {1, 2}


def _outcome(claim: Claim) -> Sent | Waiting:
    if claim.id % 7 == 0 and claim.attempt == 1:
        return Waiting(not_before=NOON, reason="again")
    return Sent(receipt=receipt("1"))


async def test_a_headline_and_a_refresh_of_one_channel_are_never_in_flight_together(
    storage: Database, other_process: Database
) -> None:
    await stored.channel(storage)
    shown = await stored.story(storage)
    await stored.promised(storage, shown)
    [claim] = await stored.claimed(storage)
    await stored.settled(storage, (claim, Sent(receipt=receipt("1"))))
    for number in range(6):
        await stored.refreshed(storage, shown)
        await stored.promised(storage, await stored.story(storage, f"Story {number}"))
        batches = await asyncio.gather(
            *(stored.claimed(process, limit=1) for process in (storage, other_process, storage, other_process))
        )
        claims = [claim for batch in batches for claim in batch]
        assert len(claims) == 1
        await stored.settled(storage, (claims[0], Sent(receipt=receipt("1"))))


async def test_a_headline_is_not_taken_while_its_story_changes(storage: Database, other_process: Database) -> None:
    await stored.channel(storage)
    changing, other = await stored.story(storage), await stored.story(storage, "Tram line opens")
    for story_id in (changing, other):
        await stored.promised(storage, story_id)
    async with other_process.writing() as work:
        assert await work.deliveries.refresh(changing, due=NOON) == 0
        claiming = asyncio.create_task(stored.claimed(storage))
        await asyncio.wait([claiming], timeout=0.1)
        were_taken = claiming.result() if claiming.done() else ()
        assert not [claim for claim in were_taken if claim.story_id == changing]
        await work.commit()
    await claiming
    await stored.settled(storage, *((claim, Sent(receipt=receipt("1"))) for claim in claiming.result()))
    taken = [*claiming.result(), *await stored.claimed(storage)]
    assert changing in [claim.story_id for claim in taken]


async def test_a_story_that_changes_while_its_headline_is_taken_has_it_edited(
    storage: Database, other_process: Database
) -> None:
    await stored.channel(storage)
    story_id = await stored.story(storage)
    await stored.promised(storage, story_id)
    async with storage.writing() as work:
        claims = await work.deliveries.claim(["discord"], holder="here", limit=1, now=NOON, lease=stored.LEASE)
        assert [claim.story_id for claim in claims] == [story_id]
        changing = asyncio.create_task(stored.refreshed(other_process, story_id))
        await asyncio.wait([changing], timeout=0.1)
        await work.commit()
    assert await changing == 1


async def test_a_story_that_changes_while_its_post_is_put_aside_leaves_no_edit_waiting_for_ever(
    storage: Database, other_process: Database
) -> None:
    await stored.channel(storage)
    story_id = await stored.story(storage)
    await stored.promised(storage, story_id)
    [claim] = await stored.claimed(storage)
    async with storage.writing() as work:
        await work.deliveries.settle([Settled(claim=claim, outcome=Parked(reason="unknown"))], now=NOON)
        changing = asyncio.create_task(stored.refreshed(other_process, story_id))
        await asyncio.wait([changing], timeout=0.1)
        await work.commit()
    assert await changing == 0
    async with storage.reading() as look:
        assert not (await look.deliveries.counts())[DeliveryState.PENDING]


async def test_a_post_that_is_put_aside_while_its_story_changes_leaves_no_edit_waiting_for_ever(
    storage: Database, other_process: Database
) -> None:
    await stored.channel(storage)
    story_id = await stored.story(storage)
    await stored.promised(storage, story_id)
    [claim] = await stored.claimed(storage)
    async with other_process.writing() as work:
        assert await work.deliveries.refresh(story_id, due=NOON) == 1
        settling = asyncio.create_task(stored.settled(storage, (claim, Parked(reason="unknown"))))
        await asyncio.wait([settling], timeout=0.1)
        await work.commit()
    await settling
    async with storage.reading() as look:
        assert not (await look.deliveries.counts())[DeliveryState.PENDING]


async def test_a_merged_story_that_changes_is_not_taken_by_its_former_number(
    storage: Database, other_process: Database
) -> None:
    await stored.channel(storage)
    kept, gone = await stored.story(storage), await stored.story(storage, "Tram line opens")
    await stored.promised(storage, gone)
    async with storage.writing() as work:
        await work.stories.merge(kept, gone)
        await work.commit()
    async with storage.writing() as work:
        [claim] = await work.deliveries.claim(["discord"], holder="here", limit=1, now=NOON, lease=stored.LEASE)
        assert claim.story_id == gone
        changing = asyncio.create_task(stored.refreshed(other_process, kept))
        await asyncio.wait([changing], timeout=0.1)
        await work.commit()
    assert await changing == 1


async def test_promises_made_at_the_same_time_are_made_once(storage: Database, other_process: Database) -> None:
    story_id = await stored.story(storage)
    for place in range(20):
        await stored.channel(storage, str(place))

    made = await asyncio.gather(*(stored.promised(process, story_id) for process in (storage, other_process) * 3))
    assert sum(made) == 20


async def test_what_is_met_asked_or_told_at_the_same_time_is_there_once(
    storage: Database, other_process: Database
) -> None:
    async def meet(process: Database) -> tuple[int, int, bool, int]:
        async with process.writing() as work:
            channel = await work.channels.meet(new_channel("100"), now=NOON)
            subscription, _ = await work.subscriptions.add(channel.id, Everything(), now=NOON)
            is_first = await work.requests.is_first("discord", "interaction-1", now=NOON)
            number = await work.requests.number("harbour", now=NOON)
            await work.commit()
        return channel.id, subscription.id, is_first, number

    met = await asyncio.gather(*(meet(process) for process in (storage, other_process) * 4))
    assert len({(channel, subscription, number) for channel, subscription, _, number in met}) == 1
    assert sum(is_first for _, _, is_first, _ in met) == 1


async def test_a_letter_that_comes_twice_at_the_same_time_is_accepted_once(
    storage: Database, other_process: Database
) -> None:
    letter = Letter(id="1", body="{}")
    inboxes = [DatabaseInbox(process, HeldClock()) for process in (storage, other_process) * 4]
    accepted = await asyncio.gather(*(inbox.accept("telegram", [letter]) for inbox in inboxes))
    assert sorted(map(len, accepted)) == [0] * 7 + [1]


async def test_all_who_ask_for_the_key_at_once_get_the_same_32_bytes(
    storage: Database, other_process: Database
) -> None:
    keys = await asyncio.gather(*(signing_key(process) for process in (storage, other_process) * 4))
    assert len(set(keys)) == 1
    assert len(keys[0]) == 32
    assert await signing_key(storage) == keys[0]
