"""A story that changes, and its cards that are just being sent, on a database where many write at once.

Whoever sends reads the story once the claim is committed. A change that is committed after that must find the card in
flight and promise it an edit, and one that was committed before is what the card shows. In between, with neither
transaction seeing the other, the card would keep the old words for ever: so a change and a claim exclude each other,
by advisory locks that end with their transactions (https://www.postgresql.org/docs/current/explicit-locking.html).
"""

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Integer, bindparam, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.article import StoryId
from storage import dialects
from storage.outbox import Delivery
from storage.tables import stories

_CHANGING: Final = 0x73746F72
"""The first number of these locks: "stor" in ASCII. The second is the story's, folded; what shares it waits in vain."""
_FOLD: Final = 1 << 31


async def begin(connection: AsyncConnection, story_id: StoryId) -> None:
    """Until this transaction ends no headline of the story is taken; waits for claims that are just being committed."""
    if dialects.is_postgresql(connection):
        number = bindparam("story_id", type_=BigInteger)
        lock = func.pg_advisory_xact_lock(literal(_CHANGING, Integer), cast(stories.c.id % _FOLD, Integer))
        its_numbers = select(lock).where(or_(stories.c.id == number, stories.c.merged_into == number))
        await connection.execute(its_numbers, {"story_id": story_id})


async def hold(connection: AsyncConnection, cards: Delivery, which: ColumnElement[bool]) -> None:
    """Until this transaction ends these cards stay as they are; waits for what is just being written down of them.

    Or one that is put aside at the same time would be promised an edit for which there is no message.
    """
    if dialects.is_postgresql(connection):
        in_order = select(cards.c.id).where(which).order_by(cards.c.story_id, cards.c.channel_id)
        await connection.execute(in_order.with_for_update(read=True, of=cards))


async def under_way(connection: AsyncConnection, story_ids: Collection[StoryId]) -> AbstractSet[StoryId]:
    """Those of the stories that somebody is changing; the others do not change before this transaction ends."""
    if not story_ids or not dialects.is_postgresql(connection):
        return frozenset()
    number = func.unnest(bindparam("story_ids", type_=ARRAY(BigInteger))).column_valued("number")
    lock = func.pg_try_advisory_xact_lock_shared(literal(_CHANGING, Integer), cast(number % _FOLD, Integer))
    tried = await connection.execute(select(number, lock.label("is_ours")), {"story_ids": list(story_ids)})
    return {StoryId(row.number) for row in tried if not row.is_ours}
