"""Both platforms' sends, answered after the time that a distant server takes, in a process of their own.

So their work is not counted as the client's. The gateway says what a Discord client must hear before it may send.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
from aiohttp import web

LATENCY_S: Final = 0.08
_HEARTBEAT, _IDENTIFY = 1, 2


@asynccontextmanager
async def running() -> AsyncIterator[str]:
    """The address of both, ``http://host:port``; the gateway is ``/gateway`` there."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.slow_platforms", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.wait()


_PERSON = {"id": "1", "username": "bench", "discriminator": "0", "avatar": None, "global_name": None}
_TELEGRAM_MESSAGE = {
    "ok": True,
    "result": {"message_id": 1, "date": 1_788_000_000, "chat": {"id": 1, "type": "private"}, "text": "Harbour bridge"},
}
_DISCORD_MESSAGE: dict[str, object] = {
    "id": "1",
    "channel_id": "1",
    "author": _PERSON,
    "content": "Harbour bridge",
    "timestamp": "2026-09-03T08:10:00+00:00",
    "edited_timestamp": None,
    "tts": False,
    "mention_everyone": False,
    "mentions": [],
    "mention_roles": [],
    "attachments": [],
    "embeds": [],
    "pinned": False,
    "type": 0,
    "components": [],
}
_APPLICATION = {
    "id": "1",
    "name": "bench",
    "icon": None,
    "description": "",
    "bot_public": True,
    "bot_require_code_grant": False,
    "verify_key": "",
    "owner": _PERSON,
    "flags": 0,
}
_HELLO = {"op": 10, "t": None, "s": None, "d": {"heartbeat_interval": 41_250}}
_GENEROUS = {"X-RateLimit-Limit": "100000", "X-RateLimit-Remaining": "99999", "X-RateLimit-Reset-After": "1"}


_AT_ONCE: Final[dict[str, Any]] = {
    "/users/@me": _PERSON,
    "/oauth2/applications/@me": _APPLICATION,
    "/applications/1/commands": [],
}


async def _gateway(request: web.BaseRequest) -> web.StreamResponse:
    """HELLO, READY to whoever identifies, and an answer to each heartbeat."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_json(_HELLO)
    ready = {"v": 10, "user": _PERSON, "guilds": [], "session_id": "1", "application": _APPLICATION}
    async for message in socket:
        if message.type is aiohttp.WSMsgType.TEXT:
            op = json.loads(message.data)["op"]
            if op == _IDENTIFY:
                await socket.send_json({"op": 0, "t": "READY", "s": 1, "d": ready | {"resume_gateway_url": ""}})
            elif op == _HEARTBEAT:
                await socket.send_json({"op": 11, "t": None, "s": None, "d": None})
    return socket


async def _serve() -> None:
    telegram, message = (json.dumps(body).encode() for body in (_TELEGRAM_MESSAGE, _DISCORD_MESSAGE))

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/gateway":
            return await _gateway(request)
        await request.read()
        if request.path in _AT_ONCE:
            # discord.py takes an answer for JSON only where its type says no more than that.
            return web.Response(body=json.dumps(_AT_ONCE[request.path]).encode(), content_type="application/json")
        await asyncio.sleep(LATENCY_S)
        if request.path.startswith("/bot"):
            return web.Response(body=telegram, content_type="application/json")
        return web.Response(body=message, headers=_GENEROUS, content_type="application/json")

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    sys.stdout.write(f"http://{host}:{port}\n")
    sys.stdout.flush()
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110  # nothing tells a process that its parent died
        await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(_serve())
