"""Hear from other processes, at once, that something is to be sent or was sent to us.

PostgreSQL carries the word when the transaction is committed (postgresql.org/docs/current/sql-notify.html). An SQLite
file has no other senders. A word that is lost costs no more than the listener's own next look, a second later.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from storage.database import Database
from storage.dialects import LETTER_WORD, WAKING_WORD

_LOOK_S = 10.0
_AGAIN_S = 1.0


async def listen(
    database: Database,
    wake: Callable[[], None],
    beat: Callable[[], None] = lambda: None,
    *,
    look: Callable[[], None] = lambda: None,
    broken: Callable[[Exception], None] = lambda _: None,
) -> None:
    """Call ``wake`` each time that somebody has promised something to be sent now, and ``look`` each time that letters
    were kept that somebody else has to handle, until cancelled. For PostgreSQL.

    A connection that broke is made anew a second later, and again; ``broken`` is told once what the driver says of it.
    ``beat`` is called all the while, every ten seconds.
    """
    is_broken = False

    def hears() -> None:
        nonlocal is_broken
        is_broken = False
        beat()

    while True:
        try:
            await _listen(database, wake, hears, look)
        except Exception as error:  # noqa: BLE001  # whatever it is, the server may be back in a moment
            if not is_broken:
                broken(error)
            is_broken = True
        beat()
        await asyncio.sleep(_AGAIN_S)


async def _listen(
    database: Database, wake: Callable[[], None], hears: Callable[[], None], look: Callable[[], None]
) -> None:
    """By one connection, until it breaks; ``hears`` is called as long as the server answers."""
    calls = {WAKING_WORD: wake, LETTER_WORD: look}
    is_over = asyncio.Event()

    def cut(_connection: object) -> None:
        is_over.set()

    def heard(_connection: object, _pid: int, word: str, _payload: str) -> None:
        calls[word]()

    async with database.listening() as driver:
        driver.add_termination_listener(cut)
        for word in calls:
            await driver.add_listener(word, heard)
        try:
            wake()  # what was said before we listened
            look()
            while True:
                await driver.execute("SELECT 1")  # nothing else tells of a server that is gone without a word
                hears()
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_S):
                        await is_over.wait()
        finally:
            driver.remove_termination_listener(cut)
            if not driver.is_closed():
                for word in calls:
                    await driver.remove_listener(word, heard)
