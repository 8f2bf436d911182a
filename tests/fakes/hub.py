"""A hub on this machine that is as strict as W3C WebSub lets a hub be."""

import asyncio
import hmac
import io
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from yarl import URL

from tests.fakes.served import served

_MOST_SECRET = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Somebody who said that it was meant."""

    topic: str
    callback: str
    secret: str
    lease_s: int


class FakeHub:
    """Asks whoever subscribes whether it was meant, and pushes to those who did.

    ``refuses`` is what it answers to subscriptions in place of 202; ``denies`` is a reason to give in place of asking.
    ``answers`` are the statuses that it was answered when it asked, ``wrong`` what was wrong with subscriptions.
    """

    def __init__(self, client: aiohttp.ClientSession) -> None:
        self.address = ""
        self.asked: list[dict[str, str]] = []
        self.subscribers: dict[str, Subscriber] = {}
        self.lease_s: int | None = None
        self.refuses: int | None = None
        self.denies: str | None = None
        self.wrong: list[str] = []
        self.answers: list[int] = []
        self._client = client
        self._changed = asyncio.Condition()
        self._asking: set[asyncio.Task[None]] = set()

    async def subscribe(self, request: web.Request) -> web.Response:
        """Section 5.1: a form with a callback, a mode, a topic; a secret of less than 200 bytes."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        if self.refuses is not None:
            await self._tell()
            return web.Response(status=self.refuses, text="no such topic here")
        if wrong := _wrong(request.content_type, form):
            self.wrong.append(wrong)
            await self._tell()
            return web.Response(status=400, text=wrong)
        asking = asyncio.create_task(self._ask(form))
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)
        return web.Response(status=202)

    async def push(self, topic: str, body: bytes, *, method: str = "sha256", secret: str | None = None) -> int:
        """Push to the topic's subscriber, signed with its secret or that one; the status that it answers."""
        subscriber = self.subscribers[topic]
        digest = hmac.new((secret or subscriber.secret).encode(), body, method).hexdigest()
        headers = {
            "Content-Type": "application/rss+xml",
            "Link": f'<{self.address}>; rel="hub", <{topic}>; rel="self"',
            "X-Hub-Signature": f"{method}={digest}",
        }
        async with self._client.post(subscriber.callback, data=io.BytesIO(body), headers=headers) as answer:
            if answer.status == web.HTTPGone.status_code:
                del self.subscribers[topic]
            return answer.status

    async def has(self, topic: str) -> Subscriber:
        """The subscriber of the topic, as soon as there is one."""
        await self.until(lambda: topic in self.subscribers)
        return self.subscribers[topic]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return as soon as it holds."""
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(holds)

    async def _ask(self, form: Mapping[str, str]) -> None:
        """Sections 5.2 and 5.3: whether it was meant, or that it is denied."""
        lease_s = self.lease_s or int(form.get("hub.lease_seconds", "864000"))
        query = {"hub.mode": form["hub.mode"], "hub.topic": form["hub.topic"]}
        challenge = secrets.token_urlsafe(20)
        if self.denies is not None:
            query |= {"hub.mode": "denied", "hub.reason": self.denies}
        else:
            query |= {"hub.challenge": challenge, "hub.lease_seconds": str(lease_s)}
        async with self._client.get(URL(form["hub.callback"]).update_query(query)) as answer:
            self.answers.append(answer.status)
            is_meant = answer.ok and await answer.text() == challenge
        if is_meant:
            self.subscribers[form["hub.topic"]] = Subscriber(
                topic=form["hub.topic"],
                callback=form["hub.callback"],
                secret=form.get("hub.secret", ""),
                lease_s=lease_s,
            )
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _wrong(kind: str, form: Mapping[str, str]) -> str:
    if kind != "application/x-www-form-urlencoded":
        return "not a form"
    if form.get("hub.mode") not in {"subscribe", "unsubscribe"}:
        return "no such mode"
    if not all(URL(form.get(f"hub.{name}", "")).absolute for name in ("topic", "callback")):
        return "topic and callback are addresses"
    if not form.get("hub.lease_seconds", "1").isdigit():
        return "a lease is a number of seconds"
    return "" if len(form.get("hub.secret", "")) < _MOST_SECRET else "the secret is too long"


@asynccontextmanager
async def running_hub() -> AsyncIterator[FakeHub]:
    """A hub for one test, at ``address``."""
    async with aiohttp.ClientSession() as client:
        hub = FakeHub(client)
        app = web.Application()
        app.router.add_post("/hub", hub.subscribe)
        async with served(app) as address:
            hub.address = f"{address}/hub"
            yield hub
