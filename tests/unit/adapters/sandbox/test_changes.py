"""Who looks at a chat learns at once that it changed."""

import asyncio

from adapters.sandbox.changes import Changes


def test_a_change_is_told_to_whoever_has_an_older_number() -> None:
    changes = Changes(lambda: 1000.0)
    before = changes.now
    changes.beat("discord", "1")
    changes.beat("telegram", "2")
    news = changes.since(before)
    assert news.chats == (("discord", "1"), ("telegram", "2"))
    assert news.now == before + 2
    assert changes.since(news.now).chats == ()


def test_a_chat_that_changed_often_is_told_once() -> None:
    changes = Changes(lambda: 1000.0)
    before = changes.now
    for _ in range(3):
        changes.beat("discord", "1")
    assert changes.since(before).chats == (("discord", "1"),)


def test_a_number_from_before_a_restart_means_that_everything_may_have_changed() -> None:
    old = Changes(lambda: 1000.0)
    old.beat("discord", "1")
    new = Changes(lambda: 1001.0)
    assert new.since(old.now).everything
    assert not new.since(new.now).everything


async def test_waiting_ends_with_the_first_change() -> None:
    changes = Changes(lambda: 1000.0)
    waiting = asyncio.create_task(changes.wait(changes.now, 30))
    await asyncio.sleep(0)
    changes.beat("telegram", "7")
    assert (await waiting).chats == (("telegram", "7"),)


async def test_a_bot_that_comes_ends_the_waiting_although_no_chat_changed() -> None:
    changes = Changes(lambda: 1000.0)
    waiting = asyncio.create_task(changes.wait(changes.now, 30))
    await asyncio.sleep(0)
    changes.stir()
    assert (await waiting).chats == ()


async def test_nobody_waits_in_a_house_that_closes() -> None:
    changes = Changes(lambda: 1000.0)
    waiting = asyncio.create_task(changes.wait(changes.now, 30))
    await asyncio.sleep(0)
    changes.close()
    assert (await waiting).chats == ()
    assert (await changes.wait(changes.now, 30)).chats == ()
