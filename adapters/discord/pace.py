"""When we may ask something of Discord, so that it never has to refuse us for our speed.

Every request is counted where it leaves and where its answer comes in, in the library's own HTTP session, so that none
is missed: neither those that the library makes by itself nor those that it makes again.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Final

import aiohttp
from yarl import URL

from adapters.discord.limits import OVERALL_DEBT, OVERALL_RATE
from bot.domain.delivery import Waited
from bot.messages.pacing import Pacer, Rate
from bot.ports.clock import Clock
from bot.services.turns import Turns

EVERYTHING: Final = ""
"""In place of a place: whatever is asked."""

_EXEMPT: Final = frozenset({"interactions", "webhooks"})
"""Answers to interactions do not count against the bot's limit ("Rate Limits", Global Rate Limit)."""
_GATEWAY: Final = frozenset({"ws", "wss"})


@dataclass(slots=True, kw_only=True)
class _Call:
    """What one turn is for: the first request that leaves in it."""

    began: float
    has_left: bool = False
    is_over: bool = False


_TURN: ContextVar[_Call | None] = ContextVar("turn", default=None)


class Pace:
    """One bot's. Off, it keeps to nothing but the pauses that Discord asks for."""

    def __init__(self, clock: Clock, *, is_kept: bool) -> None:
        self._clock = clock
        self._pacer = Pacer(OVERALL_RATE if is_kept else None, debt=OVERALL_DEBT)
        self._turns = Turns("Discord", clock)
        self._is_kept = is_kept

    @asynccontextmanager
    async def turn(self, place: str, rate: Rate | None, *, goes_first: bool = False) -> AsyncIterator[Waited | None]:
        """Once it is our turn, for one request; what was waited for. See Turns.take."""
        waited = await self._take(place, rate if self._is_kept else None, goes_first=goes_first)
        call = _Call(began=self._clock.monotonic())
        before = _TURN.set(call)
        try:
            yield waited
        finally:
            _TURN.reset(before)
            self._end(call, is_answered=False)

    def close(self, place: str, wait_s: float) -> None:
        """Discord said: nothing to this place for so many seconds."""
        self._pacer.close(place, until=self._clock.monotonic() + wait_s)

    def trace(self) -> aiohttp.TraceConfig:
        """Hears of every request of the session it is given to; one that took no turn of its own takes it here."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._leaves)
        trace.on_request_end.append(self._answered)
        trace.on_request_exception.append(self._failed)
        return trace

    async def _take(self, place: str, rate: Rate | None, *, goes_first: bool) -> Waited | None:
        return await self._turns.take(
            lambda: self._pacer.take(place, rate, now=self._clock.monotonic(), goes_first=goes_first),
            lambda: self._pacer.held_by(place, rate, now=self._clock.monotonic()),
            goes_first=goes_first,
        )

    def _end(self, call: _Call, *, is_answered: bool) -> None:
        if not call.is_over:
            call.is_over = True
            self._pacer.end(call.began, now=self._clock.monotonic(), is_answered=is_answered)

    async def _leaves(
        self, _: aiohttp.ClientSession, context: SimpleNamespace, starts: aiohttp.TraceRequestStartParams
    ) -> None:
        if _is_exempt(starts.url):
            return
        call = _TURN.get()
        if call is None or call.has_left:
            await self._take(EVERYTHING, None, goes_first=True)
            call = _Call(began=self._clock.monotonic())
        now = self._clock.monotonic()
        self._pacer.begin_anew(call.began, now=now)  # the library may have kept it for its channel's sake
        call.has_left, call.began = True, now
        context.call = call

    async def _answered(self, _: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
        if (call := getattr(context, "call", None)) is not None:
            self._end(call, is_answered=True)

    async def _failed(self, _: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
        if (call := getattr(context, "call", None)) is not None:
            self._end(call, is_answered=False)


def _is_exempt(url: URL) -> bool:
    return url.scheme in _GATEWAY or not _EXEMPT.isdisjoint(url.parts)
