"""A Bot API server that says what a test tells it to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from adapters.telegram.client import Client
from adapters.telegram.transport import AiohttpTransport, api_address
from tests.fakes.served import served

TOKEN = "123:secret-of-the-test"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def calling(handler: Handler) -> AsyncIterator[Client]:
    """A client whose calls the handler answers."""
    app = web.Application()
    app.router.add_post("/{path:.*}", handler)
    async with served(app) as address:
        transport = AiohttpTransport(api_address(f"{address}/bot", TOKEN))
        try:
            yield Client(transport)
        finally:
            await transport.shutdown()


def ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def refusal(code: int, description: str, **parameters: object) -> web.Response:
    body = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    return web.json_response(body, status=code)


class Script:
    """Handles calls: each method has its answers, given one by one; one that has none left waits for ever."""

    def __init__(self, **answers: list[web.Response]) -> None:
        self._answers = answers
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._called = asyncio.Condition()

    async def answer(self, request: web.Request) -> web.Response:
        method = request.path.rpartition("/")[2]
        async with self._called:
            self.calls.append((method, await request.json() if request.can_read_body else {}))
            self._called.notify_all()
        answers = self._answers.get(method, [])
        if not answers:
            await asyncio.Event().wait()
        return answers.pop(0)

    async def called(self, method: str, times: int) -> list[dict[str, Any]]:
        """The parameters of the calls of that method, once there are so many."""
        async with self._called:
            await self._called.wait_for(lambda: len(self._of(method)) >= times)
        return self._of(method)

    def _of(self, method: str) -> list[dict[str, Any]]:
        return [parameters for called, parameters in self.calls if called == method]
