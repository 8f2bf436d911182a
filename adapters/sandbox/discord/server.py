"""The Discord server of the sandbox, put together."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from adapters.sandbox.contract import Chat, Ground, Seen, View
from adapters.sandbox.discord import (
    bot_changes,
    crowd,
    faults,
    rest_application,
    rest_channels,
    rest_interactions,
    rest_messages,
    uploads,
)
from adapters.sandbox.discord.archive import Archive
from adapters.sandbox.discord.board import Board
from adapters.sandbox.discord.exchange import Patience
from adapters.sandbox.discord.gateway import Gateway
from adapters.sandbox.discord.guilds import joined
from adapters.sandbox.discord.house import House
from adapters.sandbox.discord.interactions import Interactions
from adapters.sandbox.discord.limits import RateBook
from adapters.sandbox.discord.people import People
from adapters.sandbox.discord.rest import routes
from adapters.sandbox.discord.snowflakes import Snowflakes

GATEWAY_PATH = "/gateway"
_MOST_BODY_BYTES = 25 * 1024 * 1024


class DiscordServer:
    """A Discord with one server and its people. REST below /api/v10, the gateway at /gateway (WebSocket)."""

    platform = "discord"
    fault_kinds: Mapping[str, str] = faults.KINDS

    bot_changes: Mapping[str, str] = bot_changes.CHANGES

    def __init__(self, ground: Ground, *, patience: Patience | None = None) -> None:
        archive = Archive(ground.documents)
        gateway = Gateway(ground, lambda: joined(archive))
        board = Board(ground, archive, gateway, Snowflakes(ground.clock, last=archive.last_id))
        self._house = House(
            ground=ground,
            archive=archive,
            board=board,
            gateway=gateway,
            interactions=Interactions(ground.clock),
            rates=RateBook(ground.clock, ground.strictness),
        )
        self._people = People(self._house, patience or Patience())

    @property
    def is_connected(self) -> bool:
        """Whether a bot is connected to the gateway now."""
        return self._house.gateway.is_connected

    def app(self) -> web.Application:
        """The API and the gateway, for a port of their own."""
        app = web.Application(client_max_size=_MOST_BODY_BYTES)
        endpoints = (
            *rest_interactions.ENDPOINTS,
            *rest_messages.ENDPOINTS,
            *rest_channels.ENDPOINTS,
            *rest_application.ENDPOINTS,
        )
        app.add_routes(
            [
                web.get("/attachments/{file}/{name}", self._attachment),
                *(web.get(path, self._house.gateway.handle) for path in (GATEWAY_PATH, GATEWAY_PATH + "/", "/")),
                *routes(self._house, endpoints),
            ]
        )
        return app

    def bound(self, address: str) -> None:
        self._house.address = address
        self._house.gateway.url = address.replace("http", "ws", 1) + GATEWAY_PATH

    async def close(self) -> None:
        await self._house.gateway.close()

    def chats(self) -> Sequence[Chat]:
        return self._people.chats()

    async def look(self, chat: str, person: str, typing: str | None) -> View:
        return await self._people.look(chat, person, typing)

    async def say(self, chat: str, person: str, text: str, reply_to: str | None = None) -> Seen:
        return await self._people.say(chat, person, text, reply_to)

    async def press(self, chat: str, person: str, message: str, button: str) -> Seen:
        return await self._people.press(chat, person, message, button)

    async def fill(self, chat: str, person: str, form: str, fields: Mapping[str, object]) -> Seen:
        return await self._people.fill(chat, person, form, fields)

    async def change_bot(self, chat: str, person: str, change: str) -> None:
        await bot_changes.change_bot(self._house, self._people.entered(chat, person), person, change)

    async def gather(self, chats: int) -> Sequence[str]:
        return await crowd.gather(self._house, chats)

    async def _attachment(self, request: web.Request) -> web.Response:
        return uploads.serve(self._house.ground.documents, request.match_info["file"])
