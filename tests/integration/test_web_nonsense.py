"""Whatever anybody sends, the web server refuses it in words, changes nothing, and lets no one learn a secret."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp, Message

from adapters.served import QueueLook, health_mount, hub_mount, metrics_mount, telegram_mount
from adapters.telegram.webhook import WebhookReceiver
from adapters.web.metrics import Metrics
from adapters.web.server import application
from bot.domain.source import HubLink
from bot.ports.progress import Progress
from bot.ports.reading import Reading, ReadingError
from bot.services.follow_hubs import HubFollower
from bot.services.read_sources import SourceReader
from tests.fakes.feeds import FakeFeeds
from tests.fakes.inbox import FakeInbox
from tests.newsroom import Newsroom, open_newsroom

_SECRET = "a-secret-that-nobody-may-learn"
_WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["subscribe", "denied", "..", "%00", "%2e%2e", _SECRET[:5], "https://wire.example/feed", "\u202e"]),
)
_PATHS = st.one_of(
    st.sampled_from(["/healthz", "/metrics", "/telegram/path", "/hub/token", "/hub/", "/", "*", ""]),
    st.lists(_WORDS, max_size=4).map(lambda parts: "/" + "/".join(parts)),
)
_NAMES = st.sampled_from(
    ["x-telegram-bot-api-secret-token", "x-hub-signature", "content-type", "content-length", "host", "cookie", "range"]
)
_QUERIES = st.dictionaries(
    st.sampled_from(["hub.mode", "hub.topic", "hub.challenge", "hub.lease_seconds", "x"]), _WORDS, max_size=4
).map(lambda query: "&".join(f"{name}={value}" for name, value in query.items()))
_CALLS = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "BREW"]),
        "path": _PATHS,
        "query": _QUERIES,
        "headers": st.lists(st.tuples(_NAMES, st.binary(max_size=60)), max_size=4),
        "body": st.lists(st.binary(max_size=200), max_size=3),
    }
)
_AT_A_TIME = 25


class NoParser:
    """Implements ``FeedParser`` for whom nothing is a feed."""

    async def take_apart(self, document: bytes, *, address: str) -> Reading:
        raise ReadingError("That is not a feed.", kind="not_a_feed")


class NoHubs:
    """Implements ``Hubs``; nobody is asked."""

    async def subscribe(self, link: HubLink, *, callback: str, secret: str, lease: timedelta) -> None:
        raise AssertionError("nobody asked for that")


@asynccontextmanager
async def everything_mounted(directory: Path) -> AsyncIterator[tuple[ASGIApp, FakeInbox, Newsroom]]:
    async with open_newsroom(directory) as room:
        inbox, progress, metrics = FakeInbox(), Progress(connected={"discord"}), Metrics()
        reader = SourceReader(
            room.database, FakeFeeds(), room.topics, room.clock, room.events, refresh_delay=timedelta(0)
        )
        follower = HubFollower(
            room.database, NoHubs(), NoParser(), reader, room.clock, room.events, callback=str, wake=lambda: None
        )
        outbox = QueueLook(room.database, room.clock)
        receiver = WebhookReceiver(inbox, secret=_SECRET)
        app = application(
            [
                health_mount(progress, outbox, room.clock),
                metrics_mount(progress, outbox, room.clock, figures=metrics.page),
                telegram_mount("/telegram/path", receiver.take),
                hub_mount(follower),
            ]
        )
        yield app, inbox, room


async def called(
    app: ASGIApp, *, method: str, path: str, query: str, headers: list[tuple[str, bytes]], body: list[bytes]
) -> tuple[int, bytes]:
    """The status and the answer, as a server gives the call to the application."""
    pieces = [{"type": "http.request", "body": piece, "more_body": True} for piece in body]
    pieces.append({"type": "http.request", "body": b"", "more_body": False})
    told: list[Message] = []

    async def receive() -> Message:
        return pieces.pop(0) if pieces else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        told.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(errors="replace"),
        "query_string": query.encode(errors="replace"),
        "root_path": "",
        "headers": [(name.encode(), value) for name, value in headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    return told[0]["status"], b"".join(message.get("body", b"") for message in told[1:])


async def all_called(app: ASGIApp, calls: Sequence[dict[str, Any]]) -> list[tuple[int, bytes]]:
    return [await called(app, **call) for call in calls]


@pytest.mark.parametrize("enough", [100, pytest.param(5_000, marks=pytest.mark.fault)])
def test_no_nonsense_makes_the_server_fail_or_tell(tmp_path: Path, enough: int) -> None:
    with asyncio.Runner() as runner:
        mounted = everything_mounted(tmp_path)
        app, inbox, room = runner.run(mounted.__aenter__())
        try:
            before = room.stored()

            @settings(max_examples=enough // _AT_A_TIME)
            @given(st.lists(_CALLS, min_size=_AT_A_TIME, max_size=_AT_A_TIME))
            def ask(calls: list[dict[str, Any]]) -> None:
                for call, (status, answer) in zip(calls, runner.run(all_called(app, calls)), strict=True):
                    assert status < 500, call
                    assert _SECRET.encode() not in answer

            ask()
            assert (room.stored(), inbox.accepted) == (before, [])
        finally:
            runner.run(mounted.__aexit__(None, None, None))
