"""Discord as a chat platform: what the core asks of it, and the life of the connection."""

import asyncio
import logging
from collections.abc import Awaitable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Final, TypeVar

import aiohttp
import discord

from adapters.discord.client import NOBODY, NewsClient, ShardsClient, hear_answers, prepare_library
from adapters.discord.controls import first_token
from adapters.discord.door_watch import DoorWatch
from adapters.discord.errors import (
    UNREACHABLE_S,
    MessageGoneError,
    ThreadArchivedError,
    bars_everything,
    send_error,
    start_error,
)
from adapters.discord.inbound import PLATFORM, manages
from adapters.discord.invalid_calls import InvalidCalls
from adapters.discord.limits import CHANNEL_RATE, LIMITS
from adapters.discord.menu import menu
from adapters.discord.pace import EVERYTHING, Pace
from adapters.discord.render import card
from adapters.discord.respond import Responder
from adapters.discord.shards import Shards
from bot.domain.channel import ChannelRef
from bot.domain.delivery import RateLimit, Receipt
from bot.domain.person import PersonRef
from bot.messages.action import ActionCodec
from bot.messages.limits import Limits
from bot.messages.memo import Memo
from bot.messages.post import Post, Tone
from bot.ports.clock import Clock
from bot.ports.measures import Measure, SlowedDown, unmeasured
from bot.ports.platform import Desk, Doors, PostRefusedError, SendError, TryLaterError, UncertainError
from bot.ports.progress import Beat, unheard

_log = logging.getLogger(__name__)

_T = TypeVar("_T")

_PERSON: Final = "@"
"""Before a person's number: our private chat with them, whatever its own number is."""

_NOT_CONNECTED_S: Final = 1.0

_FIRST_BACK_OFF_S, _LONGEST_BACK_OFF_S = 1.0, 60.0
_MOST_SEARCHED: Final = 500
_RIGHTS_LAST_S: Final = 60.0
_MOST_RIGHTS_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordOptions:
    """How to reach Discord. ``api_url`` ends in the API's version (``…/api/v10``); None means Discord's own.

    ``shards``: those that this process hears; None: all. ``rates`` off: send as fast as asked, for servers without
    limits.
    """

    token: str = field(repr=False)
    api_url: str | None = None
    gateway_url: str | None = None
    shards: Shards | None = None
    rates: bool = True


class DiscordPlatform:
    """``bot.ports.platform.ChatPlatform`` on discord.py.

    All in one process speak to the same servers, since the library keeps their addresses for the process. ``doors``
    hears of channels that open and close.
    """

    def __init__(
        self,
        options: DiscordOptions,
        *,
        codec: ActionCodec,
        clock: Clock,
        doors: Doors | None = None,
        measure: Measure = unmeasured,
    ) -> None:
        self._measure = measure
        self._doors = DoorWatch(doors)
        self._options = options
        self._codec = codec
        self._card: Memo[Post, discord.ui.LayoutView] = Memo(lambda post: card(post, codec))
        self._clock = clock
        self._invalid = InvalidCalls(clock.monotonic)
        self._pace = Pace(clock, is_kept=options.rates)
        self._client: NewsClient | None = None
        self._opened = asyncio.Event()
        self._private_chats: dict[str, str] = {}
        self._rights: dict[tuple[PersonRef, ChannelRef], tuple[float, bool]] = {}

    @property
    def name(self) -> str:
        return PLATFORM

    @property
    def limits(self) -> Limits:
        return LIMITS

    async def listen(self, desk: Desk, beat: Beat = unheard) -> None:
        """See ChatPlatform. Where the library gives up (one malformed event is enough), it is started again."""
        prepare_library(api_url=self._options.api_url, gateway_url=self._options.gateway_url)
        responder = Responder(desk, codec=self._codec, clock=self._clock)
        back_off = _FIRST_BACK_OFF_S
        while True:
            if await self._connection(responder, menu(desk.commands), beat):
                back_off = _FIRST_BACK_OFF_S
            await self._clock.sleep(back_off)
            back_off = min(back_off * 2, _LONGEST_BACK_OFF_S)

    async def ready(self) -> None:
        """See ChatPlatform."""
        await self._opened.wait()

    async def send(self, to: ChannelRef, post: Post, *, once: str) -> Receipt:
        """See ChatPlatform. Repeating a message that was deleted meanwhile shows nothing: a receipt without ids."""
        channel = await self._channel(to)
        goes_first = post.tone is Tone.BREAKING
        try:
            async with self._pace.turn(_place(to), CHANNEL_RATE, goes_first=goes_first) as waited:
                message = await self._send(channel, to, post, once)
        except ThreadArchivedError:
            await self._asked(self._wake(to), _place(to))
            async with self._pace.turn(_place(to), CHANNEL_RATE, goes_first=goes_first) as waited:
                message = await self._send(channel, to, post, once)
        except MessageGoneError:
            return Receipt(channel=to, message_ids=())
        return Receipt(channel=to, message_ids=(str(message.id),), waited=waited)

    async def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """See ChatPlatform."""
        if not receipt.message_ids:
            raise PostRefusedError("the message was taken away")
        try:
            await self._edit(receipt, post)
        except ThreadArchivedError:
            await self._asked(self._wake(receipt.channel), _place(receipt.channel))
            await self._edit(receipt, post)
        return receipt

    async def withdraw(self, receipt: Receipt) -> None:
        """See ChatPlatform."""
        channel = await self._channel(receipt.channel)
        for message_id in receipt.message_ids:
            with suppress(MessageGoneError):
                async with self._pace.turn(EVERYTHING, None):
                    await self._asked(channel.get_partial_message(int(message_id)).delete(), _place(receipt.channel))

    async def find(self, to: ChannelRef, post: Post, *, since: datetime) -> Receipt | None:
        """See ChatPlatform. Raises UncertainError where we may not read what was said before, and only there."""
        token = first_token(post, self._codec)
        if token is None:
            return None
        channel = await self._channel(to)
        await self._refuse_blind_search(channel.id)
        async with self._pace.turn(EVERYTHING, None):
            message_id = await self._looked(self._search(channel, token, since), _place(to))
        return Receipt(channel=to, message_ids=(message_id,)) if message_id else None

    def leave_alone(self, channel: ChannelRef, for_s: float) -> None:
        """See ChatPlatform."""
        self._pace.close(_place(channel), for_s)
        self._pace.close(_edits(channel), for_s)

    async def may_manage(self, person: PersonRef, channel: ChannelRef) -> bool:
        """See ChatPlatform. False where Discord cannot be asked."""
        now = self._clock.monotonic()
        asked_at, may = self._rights.get((person, channel), (-_RIGHTS_LAST_S, False))
        if now - asked_at < _RIGHTS_LAST_S:
            return may
        try:
            may = await self._manages(person, channel)
        except discord.NotFound:
            may = False
        except (discord.DiscordException, aiohttp.ClientError, OSError, TryLaterError) as error:
            _log.warning("discord rights unknown", extra={"error": type(error).__name__})
            return False
        if len(self._rights) >= _MOST_RIGHTS_KEPT:
            self._rights.clear()
        self._rights[person, channel] = now, may
        return may

    def private_chat(self, person: PersonRef) -> ChannelRef | None:
        """See ChatPlatform. It is named by the person: its own number is known once it was opened."""
        return ChannelRef(platform=PLATFORM, id=f"{_PERSON}{person.id}")

    async def _connection(self, responder: Responder, commands: list[dict[str, object]], beat: Beat) -> bool:
        """One connection until it ends; whether it was ever open. Raises PlatformStartError."""
        was_open = asyncio.Event()

        def open_up() -> None:
            was_open.set()
            self._opened.set()

        def log_in(client: NewsClient) -> None:
            self._client = client

        shards = self._options.shards
        make = partial(ShardsClient, shard_ids=shards.ids, shard_count=shards.count) if shards else NewsClient
        client = make(
            menu=commands,
            respond=responder.respond,
            on_login=log_in,
            on_open=open_up,
            on_word=beat,
            doors=self._doors,
            trace=self._trace(),
        )
        try:
            await client.start(self._options.token)
        except Exception as error:  # noqa: BLE001  # the library raises anything for an event that it cannot read
            if fatal := start_error(error):
                raise fatal from None
            if isinstance(error, (discord.HTTPException, aiohttp.ClientError, OSError, SendError)):
                _log.warning("discord connection ended", extra={"reason": str(send_error(error))})
            else:
                _log.warning("discord connection ended", exc_info=True)
        finally:
            self._client = None
            await client.leave()
        return was_open.is_set()

    def _trace(self) -> aiohttp.TraceConfig:
        trace = self._pace.trace()
        hear_answers(trace, self._hear)
        return trace

    def _hear(self, status: int, headers: Mapping[str, str]) -> None:
        self._invalid.note(status, headers)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            self._measure(SlowedDown(platform=PLATFORM))

    def _connected(self) -> NewsClient:
        if self._client is None:
            raise TryLaterError("not connected to Discord", wait_s=_NOT_CONNECTED_S)
        return self._client

    async def _channel(self, ref: ChannelRef) -> discord.PartialMessageable:
        if wait_s := self._invalid.wait_s():
            raise TryLaterError("Discord refuses too much for now", wait_s=wait_s, limit=RateLimit.ASKED)
        place = _place(ref)
        if place.startswith(_PERSON):
            place = await self._private_chat_with(place.removeprefix(_PERSON))
        return self._connected().get_partial_messageable(int(place))

    async def _private_chat_with(self, person_id: str) -> str:
        """The same each time; it is opened only once somebody is to be told something ("Create DM")."""
        if person_id not in self._private_chats:
            if len(self._private_chats) >= _MOST_RIGHTS_KEPT:
                self._private_chats.clear()
            opening = self._connected().http.start_private_message(int(person_id))
            chat = await self._asked(opening, f"{_PERSON}{person_id}")
            self._private_chats[person_id] = str(chat["id"])
        return self._private_chats[person_id]

    async def _send(
        self, channel: discord.PartialMessageable, to: ChannelRef, post: Post, once: str
    ) -> discord.Message:
        sending = channel.send(view=self._card(post), nonce=once, allowed_mentions=NOBODY)
        return await self._asked(sending, _place(to))

    async def _edit(self, receipt: Receipt, post: Post) -> None:
        place = _edits(receipt.channel)
        channel = await self._channel(receipt.channel)
        message = channel.get_partial_message(int(receipt.message_ids[0]))
        async with self._pace.turn(place, CHANNEL_RATE):
            await self._asked(message.edit(view=self._card(post), allowed_mentions=NOBODY), place)

    async def _wake(self, ref: ChannelRef) -> None:
        """Sending wakes an archived thread by itself, editing does not."""
        thread = await self._connected().fetch_channel(int(_place(ref)))
        if isinstance(thread, discord.Thread):
            await thread.edit(archived=False)

    async def _asked(self, asking: Awaitable[_T], place: str) -> _T:
        """What Discord answers; whatever else comes of it is a SendError."""
        try:
            answer = await asking
        except Exception as error:
            known = send_error(error)
            if isinstance(known, TryLaterError):
                closed = EVERYTHING if bars_everything(error) else place
                self._pace.close(closed, known.wait_s)
            raise known from error
        self._invalid.went_well()
        return answer

    async def _looked(self, looking: Awaitable[_T], place: str) -> _T:
        """The same for what changes nothing: where its answer is lost, it can be asked again."""
        try:
            return await self._asked(looking, place)
        except UncertainError as error:
            raise TryLaterError(str(error), wait_s=UNREACHABLE_S) from error

    async def _refuse_blind_search(self, channel_id: int) -> None:
        """Without the right to read history Discord shows an empty one, which proves nothing."""
        channel = self._connected().get_channel(channel_id)
        if channel is None and self._options.shards:
            rights = await self._looked(self._rights_elsewhere(channel_id), str(channel_id))
        elif channel is None or isinstance(channel, discord.abc.PrivateChannel):
            return
        else:
            rights = channel.permissions_for(channel.guild.me)
        if not rights.read_message_history:
            raise UncertainError("we may not read this channel's history")

    async def _rights_elsewhere(self, channel_id: int) -> discord.Permissions:
        """Ours in a channel of which another process hears; none where its thread's parent is not known here."""
        client = self._connected()
        found = await client.fetch_channel(channel_id)
        if client.user is None or isinstance(found, discord.abc.PrivateChannel):
            return discord.Permissions.all()
        guild = await client.fetch_guild(found.guild.id, with_counts=False)
        channel, me = await guild.fetch_channel(channel_id), await guild.fetch_member(client.user.id)
        try:
            return channel.permissions_for(me)
        except discord.ClientException:
            return discord.Permissions.none()

    async def _search(self, channel: discord.PartialMessageable, token: str, since: datetime) -> str | None:
        """Nonces are not kept with messages, so a message is known again by a button that only we can make."""
        async for message in channel.history(limit=_MOST_SEARCHED, after=since, oldest_first=False):
            if self._is_ours(message) and _holds(message.components, token):
                return str(message.id)
        return None

    def _is_ours(self, message: discord.Message) -> bool:
        me = self._connected().user
        return me is not None and message.author.id == me.id

    async def _manages(self, person: PersonRef, ref: ChannelRef) -> bool:
        client = self._connected()
        channel = client.get_channel(int(ref.id)) or await client.fetch_channel(int(ref.id))
        match channel:
            case discord.DMChannel():
                return any(user.id == int(person.id) for user in channel.recipients)
            case discord.abc.GuildChannel():
                member = await channel.guild.fetch_member(int(person.id))
                return manages(channel.permissions_for(member))
            case _:
                return False


def _place(ref: ChannelRef) -> str:
    return ref.thread or ref.id


def _edits(ref: ChannelRef) -> str:
    """Counted apart from what is sent there."""
    return f"edit {_place(ref)}"


def _holds(components: Iterable[object], token: str) -> bool:
    return any(
        getattr(component, "custom_id", None) == token or _holds(getattr(component, "children", ()), token)
        for component in components
    )
