"""What the web server answers, put together from what others hand over."""

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from adapters.machine.health import judged, told
from adapters.web.routes import Call, Mount, Reply
from bot.domain.delivery import Queue
from bot.ports.clock import Clock
from bot.ports.progress import Progress
from bot.ports.storage import Storage

_LARGEST_UPDATE = 1024 * 1024


def health_mount(progress: Progress, storage: Storage, clock: Clock) -> Mount:
    """``GET /healthz``: 200 or 503, a sentence why, when each loop last got on, and what waits to be sent."""

    async def answer(_: Call) -> Reply:
        now = clock.now()
        report = told(progress, now)
        is_well, sentence = judged(report, now)
        async with storage.reading() as look:
            queues = await look.deliveries.queues(now=now)
        return Reply(
            status=HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE,
            body=json.dumps({"is_well": is_well, "why": sentence} | report | {"queues": list(map(_queue, queues))}),
            kind="application/json",
        )

    return Mount(path="/healthz", get=answer)


def telegram_mount(path: str, take: Callable[[str, bytes], Awaitable[bool]]) -> Mount:
    """Where Telegram pushes updates: 200 once they are kept, 403 for whoever does not know the secret."""

    async def answer(call: Call) -> Reply:
        is_telegram = await take(call.headers.get("x-telegram-bot-api-secret-token", ""), call.body)
        return Reply(status=HTTPStatus.OK if is_telegram else HTTPStatus.FORBIDDEN)

    return Mount(path=path, post=answer, most=_LARGEST_UPDATE)


def _queue(queue: Queue) -> dict[str, Any]:
    return {
        "platform": queue.platform,
        "state": queue.state,
        "count": queue.count,
        "oldest": queue.oldest.isoformat(),
    }
