"""What the core needs of a database.

Everything is said within a unit of work; what it wrote exists for others after ``commit`` and not at all without it.
Lists come in the order that each method promises. Times are aware UTC. No unit of work is open while the network is
waited for.
"""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.ports.stores.house import AtticStore, LeaseStore, NoteStore
from bot.ports.stores.news import ArticleStore, HubStore, SourceStore, StoryStore
from bot.ports.stores.outbox import DeliveryStore, DigestStore, NoticeStore
from bot.ports.stores.people import OpinionStore, RequestStore
from bot.ports.stores.places import ChannelStore, SubscriptionStore


class CollisionError(Exception):
    """Two units of work waited for each other, and this one was undone so that the other could go on. The same again
    does no harm and may succeed.
    """


class Reading(Protocol):
    """A consistent look at everything; whatever it writes is dropped."""

    @property
    def sources(self) -> SourceStore: ...
    @property
    def hubs(self) -> HubStore: ...
    @property
    def articles(self) -> ArticleStore: ...
    @property
    def stories(self) -> StoryStore: ...
    @property
    def channels(self) -> ChannelStore: ...
    @property
    def subscriptions(self) -> SubscriptionStore: ...
    @property
    def deliveries(self) -> DeliveryStore: ...
    @property
    def digests(self) -> DigestStore: ...
    @property
    def opinions(self) -> OpinionStore: ...
    @property
    def requests(self) -> RequestStore: ...
    @property
    def attic(self) -> AtticStore: ...
    @property
    def notes(self) -> NoteStore: ...
    @property
    def notices(self) -> NoticeStore: ...


class UnitOfWork(Reading, Protocol):
    """Changes that happen together or not at all."""

    @property
    def leases(self) -> LeaseStore: ...

    async def commit(self) -> None:
        """Make it so. Leaving without it undoes everything."""
        ...


class Storage(Protocol):
    """The database."""

    def reading(self) -> AbstractAsyncContextManager[Reading]:
        """Look without keeping anybody waiting."""
        ...

    def writing(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Change something. On a database with one writer, others wait until this one is left; where many write at
        once, what is said within may raise CollisionError.
        """
        ...

    async def close(self) -> None: ...
