"""The local Telegram: a Bot API server for the bot, and the same chats for the people at the page."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from aiohttp import web

from adapters.sandbox.contract import Chat, Ground, SandboxError, Seen, UnknownChatError, View
from adapters.sandbox.telegram.api import Api
from adapters.sandbox.telegram.bot_changes import CHANGES, change_bot
from adapters.sandbox.telegram.cast import PLATFORM
from adapters.sandbox.telegram.crowd import gather
from adapters.sandbox.telegram.errors import ApiError
from adapters.sandbox.telegram.methods import METHODS
from adapters.sandbox.telegram.migration import migrate
from adapters.sandbox.telegram.params import whole
from adapters.sandbox.telegram.people import People
from adapters.sandbox.telegram.queries import InlineQueries
from adapters.sandbox.telegram.wire import Wire

_FAULT_KINDS = MappingProxyType(
    {
        "rate_limit": "Calls get 429 Too Many Requests (retry_after: seconds, 5 by default; chat: id, all by default).",
        "error_before": "Calls get 500 and nothing happens.",
        "error_after": "Calls are carried out and get 500 all the same.",
        "cut_before": "The connection breaks before a call is carried out.",
        "cut_after": "The connection breaks after a call was carried out, before its answer.",
        "slow": "Answers take longer (delay_s: seconds, 2 by default).",
        "conflict": "getUpdates gets 409, as if a second bot were polling.",
        "malformed_update": "A batch of updates begins with one that no client can read.",
        "repeat_update": "A batch of updates carries one of them twice.",
        "blocked": "Sends get 403 (chat: id, all by default; reason: blocked, deactivated or never_started).",
        "migrate": "The group moves to a new id when the bot writes to it next (chat: id).",
    }
)


class TelegramServer:
    """A ChatServer: see the contract for what each call promises."""

    def __init__(self, ground: Ground) -> None:
        self._api = Api(ground)
        inline = InlineQueries(self._api)
        self._people = People(self._api, inline)
        self._wire = Wire(self._api, {**METHODS, "answerinlinequery": inline.answer})
        self.address = ""

    @property
    def platform(self) -> str:
        return PLATFORM

    @property
    def fault_kinds(self) -> Mapping[str, str]:
        return _FAULT_KINDS

    @property
    def bot_changes(self) -> Mapping[str, str]:
        return CHANGES

    def app(self) -> web.Application:
        """Serve ``/bot<token>/<method>``; a webhook set before a restart goes on from the start."""
        app = self._wire.app()
        app.on_startup.append(self._start)
        return app

    async def _start(self, _app: web.Application) -> None:
        self._api.webhook.start()

    def bound(self, address: str) -> None:
        self.address = address

    async def close(self) -> None:
        self._api.updates.end_poll(ApiError("restart"))
        await self._api.webhook.stop()

    def chats(self) -> Sequence[Chat]:
        chats = (room.as_chat() for room in self._api.rooms)
        return [chat for chat in chats if chat.people]

    async def look(self, chat: str, person: str, typing: str | None) -> View:
        return await self._people.look(chat, person, typing)

    async def say(self, chat: str, person: str, text: str, reply_to: str | None = None) -> Seen:
        return await self._people.say(chat, person, text, reply_to)

    async def press(self, chat: str, person: str, message: str, button: str) -> Seen:
        return await self._people.press(chat, person, message, button)

    async def fill(self, chat: str, person: str, form: str, fields: Mapping[str, object]) -> Seen:
        return await self._people.fill(chat, person, form, fields)

    async def change_bot(self, chat: str, person: str, change: str) -> None:
        room, user = self._people.entered(chat, person)
        change_bot(self._api, room, user, change)

    async def gather(self, chats: int) -> Sequence[str]:
        return gather(self._api.rooms, self._api.ground.documents, chats)

    def migrate(self, chat: str) -> str:
        """Move a group to a new id at once and return that. Raises SandboxError for anything but a group."""
        number = whole(chat)
        room = self._api.rooms.living(number) if number is not None else None
        if room is None:
            raise UnknownChatError("There is no such chat.")
        if not room.is_group:
            raise SandboxError("Only a group can move to a new id.")
        return str(migrate(self._api, room).id)
