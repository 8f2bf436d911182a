"""What the web server answers, put together from what others hand over."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from adapters.machine.health import judged, told
from adapters.web.routes import Call, Mount, Reply
from bot.domain.delivery import Queue
from bot.ports.clock import Clock
from bot.ports.progress import Progress
from bot.ports.storage import Storage
from bot.services.follow_hubs import HubFollower, Pushed

_FRESH_S = 5.0
_PATIENCE_S = 3.0

HUB_PATH = "/hub/"
_ANSWERS = {
    Pushed.TAKEN: HTTPStatus.OK,
    Pushed.IGNORED: HTTPStatus.ACCEPTED,  # section 7.1: whoever signs wrongly learns nothing
    Pushed.UNKNOWN: HTTPStatus.GONE,
}
_LARGEST_PUSH = 2 * 1024 * 1024
"""As much as a feed may have that is fetched."""

_LARGEST_UPDATE = 1024 * 1024


class QueueLook:
    """What waits in the outbox, asked of the database every five seconds at most, however many want to know."""

    def __init__(self, storage: Storage, clock: Clock, *, patience_s: float = _PATIENCE_S) -> None:
        self._storage = storage
        self._clock = clock
        self._patience_s = patience_s
        self._looking = asyncio.Lock()
        self._looked_at = -_FRESH_S
        self._queues: list[Queue] = []

    async def queues(self) -> list[Queue]:
        """Raises NoDatabaseError where the database does not answer within three seconds."""
        try:
            async with asyncio.timeout(self._patience_s), self._looking:
                if self._clock.monotonic() - self._looked_at >= _FRESH_S:
                    async with self._storage.reading() as look:
                        self._queues = await look.deliveries.queues(now=self._clock.now())
                    self._looked_at = self._clock.monotonic()
        except Exception as error:  # whatever a driver raises
            raise NoDatabaseError from error
        return self._queues


class NoDatabaseError(Exception):
    """The database does not answer."""


def health_mount(progress: Progress, outbox: QueueLook, clock: Clock) -> Mount:
    """``GET /healthz``: 200 or 503, a sentence why, all progress, leases included, and what waits to be sent."""

    async def answer(_: Call) -> Reply:
        now = clock.now()
        report = told(progress, now)
        is_well, sentence = judged(report, now)
        try:
            report["queues"] = list(map(_queue, await outbox.queues()))
        except NoDatabaseError:
            besides = "" if is_well else f" {sentence}"
            is_well, sentence = False, f"The database does not answer.{besides}"
        return Reply(
            status=HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE,
            body=json.dumps({"is_well": is_well, "why": sentence} | report),
            kind="application/json",
        )

    return Mount(path="/healthz", get=answer)


def metrics_mount(
    progress: Progress,
    outbox: QueueLook,
    clock: Clock,
    *,
    figures: Callable[[Iterable[Queue], Progress, datetime], bytes],
) -> Mount:
    """``GET /metrics``: the figures, in Prometheus' text format."""

    async def answer(_: Call) -> Reply:
        queues = await outbox.queues()
        return Reply(body=figures(queues, progress, clock.now()), kind="text/plain; version=0.0.4; charset=utf-8")

    return Mount(path="/metrics", get=answer)


def telegram_mount(path: str, take: Callable[[str, bytes], Awaitable[bool]]) -> Mount:
    """Where Telegram pushes updates: 200 once they are kept, 403 for whoever does not know the secret."""

    async def answer(call: Call) -> Reply:
        is_telegram = await take(call.headers.get("x-telegram-bot-api-secret-token", ""), call.body)
        return Reply(status=HTTPStatus.OK if is_telegram else HTTPStatus.FORBIDDEN)

    return Mount(path=path, post=answer, most=_LARGEST_UPDATE)


def hub_mount(follower: HubFollower) -> Mount:
    """Where hubs ask whether we meant it, and push (W3C WebSub, sections 5.3 and 7): 410 for what is not followed."""

    async def confirm(call: Call) -> Reply:
        challenge = await follower.confirm(call.given["token"], call.query)
        return Reply(status=HTTPStatus.NOT_FOUND) if challenge is None else Reply(body=challenge)

    async def take(call: Call) -> Reply:
        became = await follower.take(call.given["token"], call.body, call.headers.get("x-hub-signature", ""))
        return Reply(status=_ANSWERS[became])

    return Mount(path=HUB_PATH + "{token}", get=confirm, post=take, most=_LARGEST_PUSH)


def _queue(queue: Queue) -> dict[str, Any]:
    return {
        "platform": queue.platform,
        "state": queue.state,
        "count": queue.count,
        "oldest": queue.oldest.isoformat(),
    }
