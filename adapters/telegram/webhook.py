"""Updates that Telegram pushes: receivers keep them in the inbox, and one listener handles what is there.

There may be any number of receivers, in any processes; what they share is the inbox. Telegram repeats an update until
it is answered with 200, and the inbox knows each by its number.
"""

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from telegram.error import BadRequest, TelegramError

from adapters.telegram.client import Client
from adapters.telegram.excuses import PATIENCE_S, accept_soon
from adapters.telegram.handling import Handler, Handling
from adapters.telegram.limits import PLATFORM
from adapters.telegram.updates import ALLOWED_UPDATES, number_of
from bot.ports.clock import Clock
from bot.ports.inbox import Inbox, Letter
from bot.ports.progress import Beat, unheard

_LOG = logging.getLogger(__name__)

_LOOK_S = 0.5
"""How long a letter may lie there that another process received."""

_CHECK_S = 60.0
_WAITS_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_NEWS_S = 150
_PARTS = ("path", "secret")
_PATH_LENGTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where Telegram is to push to: ``path`` below ``base``, and the secret by which it is known."""

    base: str
    path: str
    secret: str = field(repr=False)

    @property
    def url(self) -> str:
        return self.base.rstrip("/") + self.path


def webhook_below(base: str, key: bytes) -> Webhook:
    """The webhook below that address; its path and its secret are the same for whoever has the key, and no others."""
    path, secret = (hmac.new(key, f"telegram webhook {what}".encode(), "sha256").hexdigest() for what in _PARTS)
    return Webhook(base=base, path=f"/telegram/{path[:_PATH_LENGTH]}", secret=secret)


class WebhookReceiver:
    """Keeps what Telegram pushes. ``on_arrival`` is called after something new was kept, ``excuse`` with the update
    where that does not happen soon.
    """

    def __init__(
        self,
        inbox: Inbox,
        *,
        secret: str,
        on_arrival: Callable[[], None] = lambda: None,
        excuse: Callable[[object], Awaitable[None]] | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._inbox = inbox
        self._excuse = excuse
        self._patience_s = patience_s
        self._secret = secret.encode()
        self._on_arrival = on_arrival

    async def take(self, secret: str, body: bytes) -> bool:
        """Keep the update; False if whoever pushes does not know the secret. Returns after the commit, and raises what
        the inbox raises: then it will be pushed again. What is no update is logged, and not wanted again.
        """
        if not hmac.compare_digest(secret.encode(errors="replace"), self._secret):
            return False
        letter = _letter(body)
        if letter is None:
            _LOG.error("telegram pushed something that is no update, left out")
        elif await self._is_new(letter):
            self._on_arrival()
        return True

    async def _is_new(self, letter: Letter) -> bool:
        async def excuse() -> None:
            if self._excuse is not None:
                await self._excuse(json.loads(letter.body))

        try:
            return bool(await accept_soon(self._inbox, [letter], excuse=excuse, patience_s=self._patience_s))
        except Exception:
            await excuse()
            raise


class WebhookListener:
    """Tells Telegram where to push, sees to it that it stays so, and handles what receivers keep."""

    def __init__(
        self,
        client: Client,
        webhook: Webhook,
        *,
        inbox: Inbox,
        clock: Clock,
        handle: Handler,
        arrived: asyncio.Event,
        beat: Beat = unheard,
    ) -> None:
        self._client = client
        self._webhook = webhook
        self._inbox = inbox
        self._clock = clock
        self._handling = Handling(client, inbox=inbox, clock=clock, handle=handle)
        self._arrived = arrived
        self._beat = beat

    async def run(self) -> None:
        """Until cancelled; what was left over from last time comes first. Telegram goes on pushing afterwards, or keeps
        what it has for a day.
        """
        async with self._handling.going_on() as group:
            group.create_task(self._stay_announced())
            handed: set[str] = set()
            while True:
                self._arrived.clear()
                try:
                    letters = await self._inbox.pending(PLATFORM)
                except Exception as error:  # noqa: BLE001  # the database may be back in a moment
                    _LOG.warning("telegram: the inbox cannot be read (%s)", type(error).__name__)
                    await self._clock.sleep(_WAITS_S[0])
                    continue
                await self._handling.take([letter for letter in letters if letter.id not in handed])
                handed = {letter.id for letter in letters}
                await self._rest()

    async def _rest(self) -> None:
        resting = [asyncio.create_task(self._clock.sleep(_LOOK_S)), asyncio.create_task(self._arrived.wait())]
        try:
            await asyncio.wait(resting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in resting:
                task.cancel()

    async def _stay_announced(self) -> None:
        failures = 0
        is_announced = False
        while True:
            try:
                if not is_announced:
                    await self._announce()
                is_announced = await self._is_announced()
            except BadRequest as error:
                self._beat(f"Telegram refuses to push to NEWSBOT_PUBLIC_URL: {error.message}.")
            except TelegramError as error:
                _LOG.warning("telegram: the webhook cannot be looked after (%s)", error.message)
            failures = 0 if is_announced else failures + 1
            await self._clock.sleep(_CHECK_S if is_announced else _WAITS_S[min(failures, len(_WAITS_S)) - 1])

    async def _announce(self) -> None:
        await self._client.call(
            "setWebhook",
            url=self._webhook.url,
            secret_token=self._webhook.secret,
            allowed_updates=ALLOWED_UPDATES,
            drop_pending_updates=False,
        )
        _LOG.info("telegram pushes to us now")

    async def _is_announced(self) -> bool:
        """Whether Telegram pushes to us and nowhere else; what it complains of is told."""
        info = await self._client.call("getWebhookInfo")
        if info.get("url") != self._webhook.url:
            _LOG.error("telegram: another program took this bot's webhook away; stop one of the two")
            self._beat("Another program takes Telegram's webhook away from this bot; stop one of the two.")
            return False
        is_recent = self._clock.now().timestamp() - info.get("last_error_date", 0) < _NEWS_S
        complaint = info.get("last_error_message") if is_recent else None
        self._beat(f"Telegram cannot reach NEWSBOT_PUBLIC_URL: {complaint}." if complaint else None)
        return True


def _letter(body: bytes) -> Letter | None:
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = number_of(raw)
    return None if number is None else Letter(id=str(number), body=json.dumps(raw))
