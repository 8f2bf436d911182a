"""Hear from other processes, at once, that something is to be sent or was sent to us.

PostgreSQL carries the word when the transaction is committed (postgresql.org/docs/current/sql-notify.html). An SQLite
file has no other senders. A word that is lost costs no more than the listener's own next look, a second later.
"""

import asyncio
from collections.abc import Callable

from storage.database import Database
from storage.dialects import LETTER_WORD, WAKING_WORD

_LOOK_S = 10.0


async def listen(
    database: Database,
    wake: Callable[[], None],
    beat: Callable[[], None] = lambda: None,
    *,
    look: Callable[[], None] = lambda: None,
) -> None:
    """Call ``wake`` each time that somebody has promised something to be sent now, and ``look`` each time that letters
    were kept that somebody else has to handle, until cancelled.

    ``beat`` is called as long as the server answers, every ten seconds. For PostgreSQL. Raises what the driver says of
    a connection that broke.
    """
    calls = {WAKING_WORD: wake, LETTER_WORD: look}
    async with database.listening() as driver:

        def heard(_connection: object, _pid: int, word: str, _payload: str) -> None:
            calls[word]()

        for word in calls:
            await driver.add_listener(word, heard)
        try:
            wake()  # what was said before we listened
            look()
            while True:
                await driver.execute("SELECT 1")  # nothing else tells of a server that is gone without a word
                beat()
                await asyncio.sleep(_LOOK_S)
        finally:
            if not driver.is_closed():
                for word in calls:
                    await driver.remove_listener(word, heard)
