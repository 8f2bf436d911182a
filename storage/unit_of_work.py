"""One transaction and the stores that speak in it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import DatabaseArticles
from storage.attic import DatabaseAttic
from storage.channels import DatabaseChannels
from storage.deliveries import DatabaseDeliveries
from storage.digests import DatabaseDigests
from storage.hubs import DatabaseHubs
from storage.leases import DatabaseLeases
from storage.notes import DatabaseNotes
from storage.notices import DatabaseNotices
from storage.opinions import DatabaseOpinions
from storage.requests import DatabaseRequests
from storage.sources import DatabaseSources
from storage.stories import DatabaseStories
from storage.subscriptions import DatabaseSubscriptions


class DatabaseUnit:
    """Also serves as a Reading, which is a unit that nobody commits."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._sources = DatabaseSources(connection)
        self._hubs = DatabaseHubs(connection)
        self._articles = DatabaseArticles(connection)
        self._stories = DatabaseStories(connection)
        self._channels = DatabaseChannels(connection)
        self._subscriptions = DatabaseSubscriptions(connection)
        self._deliveries = DatabaseDeliveries(connection)
        self._digests = DatabaseDigests(connection, self._stories)
        self._opinions = DatabaseOpinions(connection)
        self._requests = DatabaseRequests(connection)
        self._attic = DatabaseAttic(connection)
        self._notes = DatabaseNotes(connection)
        self._notices = DatabaseNotices(connection)
        self._leases = DatabaseLeases(connection)

    @property
    def sources(self) -> DatabaseSources:
        return self._sources

    @property
    def hubs(self) -> DatabaseHubs:
        return self._hubs

    @property
    def articles(self) -> DatabaseArticles:
        return self._articles

    @property
    def stories(self) -> DatabaseStories:
        return self._stories

    @property
    def channels(self) -> DatabaseChannels:
        return self._channels

    @property
    def subscriptions(self) -> DatabaseSubscriptions:
        return self._subscriptions

    @property
    def deliveries(self) -> DatabaseDeliveries:
        return self._deliveries

    @property
    def digests(self) -> DatabaseDigests:
        return self._digests

    @property
    def opinions(self) -> DatabaseOpinions:
        return self._opinions

    @property
    def requests(self) -> DatabaseRequests:
        return self._requests

    @property
    def attic(self) -> DatabaseAttic:
        return self._attic

    @property
    def notes(self) -> DatabaseNotes:
        return self._notes

    @property
    def notices(self) -> DatabaseNotices:
        return self._notices

    @property
    def leases(self) -> DatabaseLeases:
        return self._leases

    async def commit(self) -> None:
        await self._connection.commit()
