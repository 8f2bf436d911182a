"""The discord.py client as we need it: no caches, no commands of its own, every interaction handed on."""

import asyncio
import itertools
import logging
import threading
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket, KeepAliveHandler
from discord.http import Route, json_or_text

from adapters.discord.door_watch import DoorWatch
from adapters.discord.errors import failed_answer
from adapters.discord.inbound import Interaction

_log = logging.getLogger(__name__)

_REQUEST_TIMEOUT: Final = aiohttp.ClientTimeout(total=12, sock_connect=10)
"""Its own 300 s are longer than Discord recognises a repeat."""

_LONGEST_WAIT_S: Final = 10.0
"""Longer waits for a rate limit come back to us, who do not ask again before they are over."""

NOBODY: Final = discord.AllowedMentions.none()
"""Whom our messages ping. Said with each edit too: there the library forgets what the client was told (2.7.1)."""

_TRIED_AGAIN: Final = frozenset({429, 500, 502, 504, 524})
"""By the library (2.7.1, ``HTTPClient.request``)."""

_CALLS_TO_FORGET: Final = 1_000
_GUILD_READY_S: Final = 0.1
_LAST_ANSWERS_S: Final = 2.0


def prepare_library(*, api_url: str | None, gateway_url: str | None) -> None:
    """Point discord.py at other servers and keep secrets out of its log; both hold for the whole process."""
    if api_url:
        Route.BASE = api_url.rstrip("/")
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    library = logging.getLogger("discord")
    if library.getEffectiveLevel() < logging.INFO:
        library.setLevel(logging.INFO)  # its debug lines hold whole payloads, tokens of interactions among them
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # we do not speak


OnAnswer = Callable[[int, Mapping[str, str]], None]
"""Told the status and the headers."""


def hear_answers(trace: aiohttp.TraceConfig, on_answer: OnAnswer) -> None:
    """Be told of every answer, and let whoever asked decide about a call that failed, not the library.

    It would try up to five times by itself, for 25 s in all, which nobody counts and no breaker hears of. Only where
    the caller has no tries of its own it goes on to do so.
    """

    async def answered(_session: object, _context: object, ended: aiohttp.TraceRequestEndParams) -> None:
        response = ended.response
        on_answer(response.status, response.headers)
        if response.status in _TRIED_AGAIN and "channels" in ended.url.parts:
            raise failed_answer(response, await json_or_text(response))

    trace.on_request_end.append(answered)


def _seldom(forget: Callable[[], None]) -> Callable[[], None]:
    """Once in a thousand calls: the library asks for it with every new channel, and each time looks at all the rest."""
    calls = itertools.count(1)

    def forget_seldom() -> None:
        if not next(calls) % _CALLS_TO_FORGET:
            forget()

    return forget_seldom


class NewsClient(discord.Client):
    """One connection from login to close; made anew for each attempt.

    ``menu`` is registered before the gateway opens. ``on_login`` is told when requests can be made, ``on_open`` when
    people can be heard, ``on_word`` of whatever the gateway says, its answers to heartbeats included, ``doors`` when
    channels open and close, ``trace`` of all that is asked.
    """

    def __init__(
        self,
        *,
        menu: list[dict[str, Any]],
        respond: Callable[[Interaction], Awaitable[None]],
        on_login: Callable[["NewsClient"], None],
        on_open: Callable[[], None],
        on_word: Callable[[], None],
        doors: DoorWatch,
        trace: aiohttp.TraceConfig,
        **sharding: Any,
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),  # commands, buttons, forms and channels; no privileged one
            allowed_mentions=NOBODY,
            chunk_guilds_at_startup=False,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            guild_ready_timeout=_GUILD_READY_S,
            http_trace=trace,
            enable_debug_events=True,  # or we would not hear of answers to heartbeats
            **sharding,
        )
        self.http.max_ratelimit_timeout = _LONGEST_WAIT_S  # as an option the library takes no less than 30 s
        request = partial(self.http.request, timeout=_REQUEST_TIMEOUT)
        self.http.request = request  # type: ignore[method-assign]  # the library offers no setting for it
        forget = _seldom(self.http._try_clear_expired_ratelimits)  # noqa: SLF001  # nor for this
        self.http._try_clear_expired_ratelimits = forget  # type: ignore[method-assign]  # noqa: SLF001  # as above
        self._menu = menu
        self._respond = respond
        self._on_login = on_login
        self._on_open = on_open
        self._on_word = on_word
        self._doors = doors
        self._answers: set[asyncio.Task[Any]] = set()

    async def setup_hook(self) -> None:  # type: ignore[explicit-override]  # typing.override is newer than Python 3.11
        """Called by the library between login and gateway."""
        self._on_login(self)
        try:
            # Not through CommandTree: that would refuse, unanswered, whatever is not in its own table.
            await self.http.bulk_upsert_global_commands(self.application_id or 0, self._menu)
        except discord.HTTPException as error:
            _log.exception("discord menu refused", extra={"status": error.status, "code": error.code})

    async def on_ready(self) -> None:
        """Called by the library when it is connected and knows its servers; also after it had to start anew."""
        self._on_open()
        await self._doors.rights_changed(self)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Called by the library when a server can be used, again or for the first time since the start."""
        if self.is_ready():
            await self._doors.rights_changed(self, guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Called by the library when we were invited."""
        await self._doors.rights_changed(self, guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Called by the library when we were removed; not for an outage of Discord's."""
        await self._doors.server_left(guild)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Called by the library."""
        await self._doors.channel_gone(channel)

    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """Called by the library for every change; only rights can open a channel."""
        if before.overwrites != after.overwrites:
            await self._doors.rights_changed(self, after.guild)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """Called by the library."""
        if before.permissions != after.permissions:
            await self._doors.rights_changed(self, after.guild)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Called by the library for ourselves alone: others it tells only with a privileged intent."""
        if before.roles != after.roles:
            await self._doors.rights_changed(self, after.guild)

    async def on_thread_update(self, before: discord.Thread, after: discord.Thread) -> None:
        """Called by the library."""
        if before.locked and not after.locked:
            await self._doors.thread_opened(after)

    async def on_thread_join(self, thread: discord.Thread) -> None:
        """Called by the library for a thread that it did not know: a new one, or one that slept and was woken."""
        await self._doors.thread_opened(thread)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Called by the library."""
        await self._doors.thread_gone(payload.parent_id, payload.thread_id)

    async def on_socket_raw_receive(self, _: str) -> None:
        """Called by the library for each message of the gateway."""
        self._on_word()

    async def on_interaction(self, interaction: Interaction) -> None:
        """Called by the library in a task of its own for each command, press, form and suggestion."""
        if answer := asyncio.current_task():
            self._answers.add(answer)
            answer.add_done_callback(self._answers.discard)
        await self._respond(interaction)

    async def on_error(  # type: ignore[explicit-override]  # as above
        self, event_method: str, /, *args: Any, **kwargs: Any
    ) -> None:
        """Called by the library for what a handler raised. The arguments are left out: they hold what people wrote."""
        _log.exception("discord event failed", extra={"event": event_method})

    async def leave(self) -> None:
        """Let answers that are under way be shown, then close."""
        try:
            if self._answers:
                await asyncio.wait(self._answers, timeout=_LAST_ANSWERS_S)
        finally:
            for answer in self._answers:
                answer.cancel()
            await self.close()
            await self._hang_up()

    async def _hang_up(self) -> None:
        """A connection that is cut between the gateway's hello and our answer is in nobody's hands (2.7.1).

        Its heartbeat would go on, and still hold it.
        """
        for thread in threading.enumerate():
            if isinstance(thread, KeepAliveHandler) and thread.ws._connection is self._connection:  # noqa: SLF001  # nothing else tells whose it is
                await thread.ws.close()


class ShardsClient(NewsClient, discord.AutoShardedClient):
    """The same with one connection for each of ``shard_ids``, of ``shard_count`` that there are in all processes."""
