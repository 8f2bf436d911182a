"""What the inbox promises."""

from bot.domain.keeping import Leftover
from bot.ports.inbox import Letter
from storage import Database, DatabaseInbox
from tests.fakes.clocks import HeldClock


def _letters(*ids: str) -> list[Letter]:
    return [Letter(id=letter_id, body=f'{{"update_id": {letter_id}, "text": "é🛳️"}}') for letter_id in ids]


async def test_letters_are_pending_in_order_until_they_are_done(storage: Database, other_process: Database) -> None:
    inbox, after_restart = DatabaseInbox(storage, HeldClock()), DatabaseInbox(other_process, HeldClock())
    assert await inbox.accept("telegram", _letters("3", "1")) == _letters("3", "1")
    assert await inbox.accept("telegram", _letters("2")) == _letters("2")

    assert await after_restart.pending("telegram") == _letters("3", "1", "2")
    await inbox.done("telegram", ["1", "3"])
    assert await after_restart.pending("telegram") == _letters("2")


async def test_a_letter_is_accepted_once(storage: Database) -> None:
    inbox = DatabaseInbox(storage, HeldClock())
    await inbox.accept("telegram", _letters("1"))
    await inbox.done("telegram", ["1"])

    assert await inbox.accept("telegram", _letters("1", "2", "2")) == _letters("2")
    assert await inbox.pending("telegram") == _letters("2")


async def test_each_platform_has_numbers_of_its_own(storage: Database) -> None:
    inbox = DatabaseInbox(storage, HeldClock())
    await inbox.accept("telegram", _letters("1"))

    assert await inbox.accept("discord", _letters("1")) == _letters("1")
    await inbox.done("discord", ["1"])
    assert await inbox.pending("discord") == []
    assert await inbox.pending("telegram") == _letters("1")


async def test_nothing_is_accepted_and_done_without_harm(storage: Database) -> None:
    inbox = DatabaseInbox(storage, HeldClock())
    assert await inbox.accept("telegram", []) == []
    await inbox.done("telegram", [])
    await inbox.done("telegram", ["404"])
    assert await inbox.pending("telegram") == []


async def test_a_number_stays_known_after_it_was_done_until_it_is_dropped(storage: Database) -> None:
    clock = HeldClock()
    inbox = DatabaseInbox(storage, clock)
    await inbox.accept("telegram", _letters("1", "2"))
    await inbox.done("telegram", ["1"])
    clock.pass_on(1)
    assert await inbox.accept("telegram", _letters("1", "2")) == []

    async with storage.writing() as work:
        assert await work.attic.drop(Leftover.LETTER, clock.now(), limit=9) == 1
        await work.commit()
    assert await inbox.accept("telegram", _letters("1", "2")) == _letters("1")
    assert await inbox.pending("telegram") == [*_letters("2"), *_letters("1")]


async def test_a_done_letter_leaves_none_of_its_words_behind(storage: Database) -> None:
    inbox = DatabaseInbox(storage, HeldClock())
    await inbox.accept("telegram", _letters("1"))
    await inbox.done("telegram", ["1"])

    async with storage.looking() as connection:
        rows = (await connection.exec_driver_sql("SELECT body FROM letters")).all()
    assert [row.body for row in rows] == [""]
