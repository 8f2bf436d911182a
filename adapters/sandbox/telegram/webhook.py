"""Updates posted to the bot's own address, one at a time per chat, until it takes them."""

import asyncio
import contextlib
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from adapters.sandbox.contract import Ground
from adapters.sandbox.telegram.errors import BadRequestError, ConflictError, TooManyRequestsError
from adapters.sandbox.telegram.updates import Update, Updates

_WEBHOOK = "telegram.webhook"
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_SECRET_AT_MOST = 256
_PORTS = (80, 88, 443, 8443)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
CONNECTIONS, CONNECTIONS_AT_MOST = 40, 100
_TIMEOUT = aiohttp.ClientTimeout(total=60)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 60.0


class Webhook:
    """The address set by setWebhook and the task that delivers to it; kept on disk."""

    def __init__(self, ground: Ground, updates: Updates) -> None:
        self._ground = ground
        self._updates = updates
        kept: Mapping[str, Any] = ground.documents.all(_WEBHOOK).get("webhook", {})
        self.url = str(kept.get("url", ""))
        self._secret = str(kept.get("secret", ""))
        self.connections = int(kept.get("connections", CONNECTIONS))
        self.last_error: tuple[int, str] | None = None
        self._task: asyncio.Task[None] | None = None
        self._set_at = -1.0

    def start(self) -> None:
        """Deliver, if an address is set."""
        if self.url and self._task is None:
            self._task = asyncio.create_task(self._deliver())

    async def turn_to(self, url: str, secret: str, connections: int) -> None:
        """Deliver to this address from now on. Raises BadRequestError, and TooManyRequestsError within a second."""
        now = asyncio.get_running_loop().time()
        if now - self._set_at < 1:
            raise TooManyRequestsError(1)
        _check(url, secret)
        self._set_at = now
        await self.stop()
        self.url, self._secret = url, secret
        self.connections = connections if 1 <= connections <= CONNECTIONS_AT_MOST else CONNECTIONS
        self.last_error = None
        self._save()
        self._updates.end_poll(ConflictError("terminated by setWebhook request"))
        self.start()

    async def delete(self) -> None:
        await self.stop()
        self.url = ""
        self._save()

    async def stop(self) -> None:
        """End the delivery; the address stays."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def _save(self) -> None:
        kept = {"url": self.url, "secret": self._secret, "connections": self.connections}
        self._ground.documents.put(_WEBHOOK, "webhook", kept)

    async def _deliver(self) -> None:
        gate = asyncio.Semaphore(self.connections)
        busy: set[object] = set()
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session, asyncio.TaskGroup() as group:
            while True:
                self._updates.arrived.clear()
                self._updates.expire()
                for update in list(self._updates.pending.values()):
                    line = _line_of(update)
                    if line not in busy:
                        busy.add(line)
                        group.create_task(self._take(session, gate, busy, line))
                await self._updates.arrived.wait()

    async def _take(
        self, session: aiohttp.ClientSession, gate: asyncio.Semaphore, busy: set[object], line: object
    ) -> None:
        """Deliver this chat's updates in order until none is left."""
        pause = _FIRST_PAUSE_S
        while update := next((one for one in self._updates.pending.values() if _line_of(one) == line), None):
            async with gate:
                refused = await self._post(session, update)
            if refused is None:
                self._updates.drop(update.id)
                pause = _FIRST_PAUSE_S
            else:
                await asyncio.sleep(refused or pause)
                self._updates.expire()
                pause = min(2 * pause, _LONGEST_PAUSE_S)
        busy.discard(line)

    async def _post(self, session: aiohttp.ClientSession, update: Update) -> float | None:
        """None once taken; else the seconds that the bot asked to wait, 0 if it did not say."""
        headers = {"Content-Type": "application/json"}
        if self._secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._secret
        update.hand()
        try:
            body = json.dumps(update.body).encode()
            async with session.post(self.url, data=body, headers=headers, allow_redirects=False) as answer:
                if answer.ok and answer.status < 300:  # noqa: PLR2004  # 2xx takes it
                    return None
                self._fail(f"Wrong response from the webhook: {answer.status} {answer.reason}")
                wait = answer.headers.get("Retry-After", "")
                return float(wait) if wait.isdigit() else 0.0
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._fail(f"Connection failed: {type(error).__name__}")
            return 0.0

    def _fail(self, why: str) -> None:
        self.last_error = (int(self._ground.clock()), why)


def _line_of(update: Update) -> object:
    payload = update.body[update.kind]
    chat = payload.get("chat") or (payload.get("message") or {}).get("chat") or payload.get("from") or {}
    return chat.get("id")


def _check(url: str, secret: str) -> None:
    """HTTPS on a permitted port, as live; on this machine anything goes, since that is what a sandbox is for."""
    parts = urlsplit(url)
    if len(secret) > _SECRET_AT_MOST:
        raise BadRequestError("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise BadRequestError("secret token contains unallowed characters")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadRequestError("invalid webhook URL specified")
    if parts.hostname in _LOOPBACK:
        return
    if parts.scheme != "https":
        raise BadRequestError("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in _PORTS:
        raise BadRequestError("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
