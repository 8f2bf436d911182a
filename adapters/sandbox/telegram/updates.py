"""The queue of updates for the bot and the long poll that empties it."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from adapters.sandbox.contract import Ground
from adapters.sandbox.telegram.cast import PLATFORM
from adapters.sandbox.telegram.errors import ApiError, ConflictError

DAY_S = 24 * 3600
# What nobody could answer any more is not kept for a day.
KEPT_S: Mapping[str, int] = MappingProxyType({"callback_query": 150, "inline_query": 30})
POLL_AT_MOST_S = 50
BATCH_AT_MOST = 100
OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"
# Left out unless asked for by name.
ASKED_FOR_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_UPDATES, _STATE = "telegram.update", "telegram.updates"


@dataclass(slots=True, kw_only=True, eq=False)
class Update:
    """One update; ``handed`` is when it first went to the bot's connection (the loop's time)."""

    id: int
    kind: str
    body: dict[str, Any]
    at: float
    handed: float | None = None

    def hand(self) -> None:
        if self.handed is None:
            self.handed = asyncio.get_running_loop().time()


class Updates:
    """Updates until they are confirmed, for 24 hours at most (presses 150 s, inline queries 30 s); kept on disk."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        kept = ground.documents.all(_UPDATES)
        self.pending: dict[int, Update] = {int(key): Update(**document) for key, document in kept.items()}  # type: ignore[arg-type]  # what ``add`` wrote
        state = ground.documents.all(_STATE).get("state", {})
        self._last = int(state.get("last", 0) or 0)  # type: ignore[call-overload]  # what ``_save`` wrote
        allowed = state.get("allowed")
        self.allowed: frozenset[str] | None = frozenset(allowed) if isinstance(allowed, list) else None
        self.arrived = asyncio.Event()
        self._poll: asyncio.Future[Any] | None = None
        self._previous = (0, -10.0)  # offset and time of the poll before
        self._next_conflict = 0.0

    def add(self, kind: str, payload: Mapping[str, object]) -> Update | None:
        """Queue an update; None if the bot did not ask for its kind."""
        if kind not in self.allowed if self.allowed is not None else kind in ASKED_FOR_ONLY:
            return None
        self._last += 1
        body: dict[str, Any] = {"update_id": self._last, kind: dict(payload)}
        update = Update(id=self._last, kind=kind, body=body, at=self._ground.clock())
        self.pending[update.id] = update
        self._ground.documents.put(
            _UPDATES, str(update.id), {"id": update.id, "kind": kind, "body": body, "at": update.at}
        )
        self._save()
        chat = _chat_of(payload)
        self._ground.ledger.write(PLATFORM, "event", {"event": kind, "update": update.id, "chat": chat})
        self.arrived.set()
        return update

    def allow(self, kinds: Iterable[str] | None) -> None:
        """Which kinds the bot wants from now on: None leaves it as it is, empty means the default."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None
            self._save()

    def confirm(self, below: int) -> None:
        """Forget all updates with a lower id."""
        for number in [number for number in self.pending if number < below]:
            self.drop(number)

    def drop(self, number: int) -> None:
        if self.pending.pop(number, None) is not None:
            self._ground.documents.drop(_UPDATES, str(number))

    def expire(self) -> None:
        """Forget what was kept long enough."""
        now = self._ground.clock()
        for update in [one for one in self.pending.values() if now - one.at > KEPT_S.get(one.kind, DAY_S)]:
            self.drop(update.id)

    async def poll(self, offset: int, limit: int, timeout: int) -> list[Update]:  # noqa: ASYNC109  # the API's own word
        """One getUpdates call. Raises ConflictError in the poll that was waiting when another came."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        limit = limit if 1 <= limit <= BATCH_AT_MOST else BATCH_AT_MOST
        timeout = min(max(timeout, 0), POLL_AT_MOST_S)
        same = offset == self._previous[0]
        # A client that asks for the same again and again is slowed down, as the real server does.
        if same and timeout < 3 and now < self._previous[1] + 3:  # noqa: PLR2004  # the server's own figures
            timeout = 3
        if same and now < self._previous[1] + 0.5:  # the server's own figures
            limit = 1
        self._previous = (offset, now)
        self._move(offset)
        if not self.pending and timeout:
            self.end_poll(ConflictError(OTHER_POLL))  # one that waits is ended by another that is going to wait
            await self._wait(timeout)
        batch = list(self.pending.values())[:limit]
        for update in batch:
            update.hand()
        return batch

    def end_poll(self, refusal: ApiError) -> None:
        """End the poll that waits now, if any, with this refusal."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(refusal)
        self._poll = None

    async def conflict_pause(self) -> None:
        """Further conflicts within 3 s are answered 3 s later."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._next_conflict:
            await asyncio.sleep(3)
        else:
            self._next_conflict = loop.time() + 3

    def _move(self, offset: int) -> None:
        self.expire()
        # One beyond the end was never ours to confirm: the real server begins with the oldest then.
        if 0 < offset <= self._last + 1:
            self.confirm(offset)
        elif offset < 0:
            for number in list(self.pending)[:offset]:
                self.drop(number)

    async def _wait(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[Any] = loop.create_future()
        self._poll = mine
        self.arrived.clear()
        woken: asyncio.Future[Any] = asyncio.create_task(self.arrived.wait())
        try:
            await asyncio.wait([mine, woken], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
            with suppress(asyncio.CancelledError):
                await woken
            if self._poll is mine:
                self._poll = None
        if mine.done():
            mine.result()

    def _save(self) -> None:
        allowed = sorted(self.allowed) if self.allowed is not None else None
        self._ground.documents.put(_STATE, "state", {"last": self._last, "allowed": allowed})


def _chat_of(payload: Mapping[str, Any]) -> str | None:
    chat = payload.get("chat") or (payload.get("message") or {}).get("chat")
    return str(chat["id"]) if chat else None
