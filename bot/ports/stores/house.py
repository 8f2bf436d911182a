"""What the bot keeps for itself: what is left over, notes, leases."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.article import ArticleId, StoryId
from bot.domain.keeping import Leftover
from bot.domain.lease import Lease, LeaseSign


class AtticStore(Protocol):
    """What is old enough to go."""

    async def old_stories(self, before: datetime, *, limit: int) -> list[StoryId]:
        """Stories opened before then in which nothing was told since, oldest first; none that is just being sent."""
        ...

    async def drop_deliveries(self, story_ids: Sequence[StoryId], *, limit: int) -> int:
        """Take away deliveries of these stories, of which there may be thousands each; how many that were. None that is
        just being sent.
        """
        ...

    async def clear(self, story_ids: Sequence[StoryId]) -> None:
        """Take these stories away with their articles, opinions and deliveries, and those that were merged into them.
        What their articles are known by stays: ``ArticleStore.known`` finds them, as gone.
        """
        ...

    async def drop_notices(self, before: datetime, *, limit: int) -> int:
        """Take away notices from before then with their deliveries, oldest first; how many. None that is just being
        sent.
        """
        ...

    async def drop_digests(self, before: datetime, *, limit: int) -> int:
        """Take away digests opened before then with their deliveries, oldest first; how many. None that is just being
        sent.
        """
        ...

    async def old_signs(self, before: datetime, *, windows: int, limit: int) -> list[ArticleId]:
        """Articles that are gone, were first seen before then and have after them more of their source than so many
        times its longest document holds.
        """
        ...

    async def forget(self, article_ids: Sequence[ArticleId]) -> None:
        """Know these articles, which are gone, by nothing any more."""
        ...

    async def drop(self, leftover: Leftover, before: datetime, *, limit: int) -> int:
        """Take away what was left behind before then, oldest first; how much that was."""
        ...


class NoteStore(Protocol):
    """Small facts about this installation."""

    async def read(self, name: str) -> str | None: ...
    async def write(self, name: str, value: str) -> None: ...


class LeaseStore(Protocol):
    """Tasks that one process at a time does. Time is the database's own, whatever each process's clock says."""

    async def take(
        self, task: str, *, holder: str, lasts: timedelta, others_are_dead: bool = False, dead: LeaseSign | None = None
    ) -> Lease | None:
        """A new turn at the task that lasts so long from now on, with the next fence; None while another's goes on,
        unless the others are known to be dead, or whoever holds it still by that sign. It ends whatever turn the holder
        had.
        """
        ...

    async def sign(self, task: str) -> LeaseSign | None:
        """How the task's lease stands; None where it was never taken."""
        ...

    async def renew(self, lease: Lease, *, lasts: timedelta) -> bool:
        """Let this turn last so long from now on; False where it has ended."""
        ...

    async def is_held(self, lease: Lease) -> bool:
        """Whether this turn goes on. Until the unit of work is left, nobody else's can begin."""
        ...

    async def give_back(self, lease: Lease) -> None:
        """End this turn if it still goes on: anybody may begin the next."""
        ...
