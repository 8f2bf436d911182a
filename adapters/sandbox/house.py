"""A running sandbox: ports, store, servers, page and newspaper put together, and taken down in order."""

import asyncio
import contextlib
import logging
import os
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from aiohttp import web

from adapters.sandbox.api import Api, Inside, plain_errors
from adapters.sandbox.changes import Changes
from adapters.sandbox.contract import ChatServer, Clock, Ground
from adapters.sandbox.door import Presence, json_only, own_host_only, with_headers
from adapters.sandbox.faults import FaultBook
from adapters.sandbox.home import take_home
from adapters.sandbox.listening import address_of, take_port
from adapters.sandbox.newspaper import Newspaper
from adapters.sandbox.newspaper_site import NewspaperSite
from adapters.sandbox.options import Addresses, SandboxOptions
from adapters.sandbox.page import Page, headers_of_pages, templates
from adapters.sandbox.store import Store

BuildServers = Callable[[Ground], Sequence[ChatServer]]

_FLUSH_EVERY_S = 0.05
_AFTER_TROUBLE_S = 5.0
_LAST_CALLS_S = 1.0
_log = logging.getLogger(__name__)


@asynccontextmanager
async def open_house(
    options: SandboxOptions, build_servers: BuildServers, *, clock: Clock = time.time
) -> AsyncIterator[Addresses]:
    """Everything listens inside the block; after it everything is written and closed.

    ``build_servers`` gives the Discord server, then the Telegram server. Raises CannotOpenError.
    """
    async with AsyncExitStack() as stack:
        if options.home is not None:
            stack.callback(os.close, await take_home(options.home))
        listeners = await _take_ports(options, stack)
        addresses = Addresses.at(**{name: address_of(listener) for name, listener in listeners.items()})
        store = Store(options.home / "sandbox.db" if options.home else None, clock)
        stack.push_async_callback(asyncio.to_thread, store.close)
        changes, faults = Changes(clock), FaultBook(store, clock)
        ground = Ground(
            documents=store,
            ledger=store,
            faults=faults,
            pulse=changes,
            clock=clock,
            strictness=options.strictness,
            public_url=addresses.page,
        )
        inside = Inside(
            servers={server.platform: server for server in build_servers(ground)},
            presences={name: Presence(clock) for name in listeners if name != "page"},
            store=store,
            faults=faults,
            changes=changes,
        )
        paper = Newspaper(store, clock, directory=options.demo_dir, every_s=options.demo_every_s)
        await _serve_platforms(options.host, inside, listeners, stack)
        await _serve(_page_app(options.host, inside, paper, addresses.page), listeners["page"], stack)
        stack.callback(changes.close)
        for loop in (paper.run(), _write_behind(store), _watch_presence(inside)):
            await stack.enter_async_context(_in_background(loop))
        stack.enter_context(_written_down(addresses, options.home))
        yield addresses


async def _take_ports(options: SandboxOptions, stack: AsyncExitStack) -> Mapping[str, socket.socket]:
    wanted = {
        "page": (options.page_port, "NEWSBOT_SANDBOX_PORT"),
        "discord": (options.discord_port, "NEWSBOT_SANDBOX_DISCORD_PORT"),
        "telegram": (options.telegram_port, "NEWSBOT_SANDBOX_TELEGRAM_PORT"),
    }
    listeners: dict[str, socket.socket] = {}
    for name, (port, setting) in wanted.items():
        listeners[name] = await take_port(options.host, port, setting=setting)
        stack.callback(listeners[name].close)
    return listeners


async def _serve_platforms(
    host: str, inside: Inside, listeners: Mapping[str, socket.socket], stack: AsyncExitStack
) -> None:
    for platform, server in inside.servers.items():
        app = server.app()
        app.middlewares[:0] = [own_host_only(host), inside.presences[platform].watch()]
        await _serve(app, listeners[platform], stack)
        stack.push_async_callback(server.close)
        server.bound(f"http://{address_of(listeners[platform])}")


def _page_app(host: str, inside: Inside, paper: Newspaper, url: str) -> web.Application:
    environment = templates()
    app = web.Application(
        middlewares=[with_headers(headers_of_pages(url)), own_host_only(host), plain_errors, json_only]
    )
    app.add_routes(Api(inside).routes())
    app.add_routes(Page(inside, environment, paper, url).routes())
    app.add_routes(NewspaperSite(paper, environment, url).routes())
    return app


async def _serve(app: web.Application, listener: socket.socket, stack: AsyncExitStack) -> None:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_LAST_CALLS_S)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.SockSite(runner, listener, backlog=512).start()


async def _write_behind(store: Store) -> None:
    while True:
        await asyncio.sleep(_FLUSH_EVERY_S)
        if not store.is_behind:
            continue
        try:
            await asyncio.to_thread(store.flush)
        except sqlite3.Error:
            _log.exception("sandbox cannot write, tries again")
            await asyncio.sleep(_AFTER_TROUBLE_S)


async def _watch_presence(inside: Inside) -> None:
    """Tell the page when a bot comes or goes."""
    known: dict[str, bool] = {}
    while True:
        now = {platform: presence.is_there for platform, presence in inside.presences.items()}
        if now != known:
            inside.changes.stir()
            known = now
        await asyncio.sleep(_FLUSH_EVERY_S)


@asynccontextmanager
async def _in_background(work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    task.add_done_callback(_say_how_it_ended)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def _say_how_it_ended(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("sandbox loop ended", exc_info=error)


@contextlib.contextmanager
def _written_down(addresses: Addresses, home: Path | None) -> Iterator[None]:
    """The addresses in home/sandbox.json for as long as they are true."""
    if home is None:
        yield
        return
    note, draft = home / "sandbox.json", home / f"sandbox.json.{os.getpid()}"
    draft.write_text(addresses.as_json(), encoding="utf-8")
    draft.replace(note)
    try:
        yield
    finally:
        note.unlink(missing_ok=True)
