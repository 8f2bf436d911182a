"""HTTP as the Bot API speaks it: tokens, parameters, envelopes, ordered faults and the ledger."""

import asyncio
import json
import re
from collections.abc import Mapping

from aiohttp import web

from adapters.sandbox.contract import TELEGRAM_TOKEN, Fault
from adapters.sandbox.telegram.api import Api, Method
from adapters.sandbox.telegram.cast import PLATFORM
from adapters.sandbox.telegram.errors import (
    ApiError,
    BadRequestError,
    NotFoundError,
    TooManyRequestsError,
    UnauthorizedError,
)
from adapters.sandbox.telegram.params import Params, Upload, read_json

BODY_AT_MOST = 50 * 1024 * 1024
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{20,}")
_QUIET = frozenset({"getupdates"})  # waits by itself, so no fault or latency of an answer touches it


class Wire:
    """Serves ``/bot<token>/<method>``."""

    def __init__(self, api: Api, methods: Mapping[str, Method]) -> None:
        self._api = api
        self._methods = methods

    def app(self) -> web.Application:
        app = web.Application(client_max_size=BODY_AT_MOST)
        app.router.add_route("*", "/{path:.*}", self._serve)
        return app

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        loop = asyncio.get_running_loop()
        began = loop.time()
        path = request.match_info["path"]
        name = path.rpartition("/")[2]
        params = Params({})
        status = 200
        try:
            method = self._method(path)
            params = await _read(request)
            body = {"ok": True, "result": await self._run(request, method, name, params)}
            headers = {}
        except ApiError as refusal:
            status, body, headers = refusal.code, *_refused(refusal)
        chat = params.values.get("chat_id")
        facts = {"call": name, "chat": None if chat is None else str(chat), "status": status}
        self._api.ground.ledger.write(PLATFORM, "call", {**facts, "ms": round((loop.time() - began) * 1000, 3)})
        content = json.dumps(body, ensure_ascii=False).encode()
        return web.Response(body=content, status=status, headers=headers, content_type="application/json")

    def _method(self, path: str) -> Method:
        bot, slash, name = path.partition("/")
        if not bot.startswith("bot") or not slash:
            raise NotFoundError
        token = bot[3:]
        if not _TOKEN.fullmatch(token):
            raise UnauthorizedError("invalid token specified")
        if token != TELEGRAM_TOKEN:
            raise UnauthorizedError
        self._api.hear()
        method = self._methods.get(name.lower())
        if method is None:
            raise NotFoundError("method not found")
        return method

    async def _run(self, request: web.Request, method: Method, name: str, params: Params) -> object:
        if name.lower() in _QUIET:
            return await method(self._api, params)
        chat = str(params.values.get("chat_id"))
        await self._pause(chat)
        if fault := self._struck("rate_limit", chat):
            raise TooManyRequestsError(int(str(fault.options.get("retry_after", 5))))
        if self._struck("error_before", chat):
            raise ApiError
        if self._struck("cut_before", chat):
            _cut(request)
        result = await method(self._api, params)
        if self._struck("error_after", chat):
            raise ApiError
        if self._struck("cut_after", chat):
            _cut(request)
        return result

    async def _pause(self, chat: str) -> None:
        slow = self._struck("slow", chat)
        seconds = self._api.ground.strictness.latency_s + (float(str(slow.options.get("delay_s", 2))) if slow else 0)
        if seconds > 0:
            await asyncio.sleep(seconds)

    def _struck(self, kind: str, chat: str) -> Fault | None:
        fault = self._api.ground.faults.strikes(PLATFORM, kind)
        return None if fault is None or str(fault.options.get("chat", chat)) != chat else fault


def _refused(refusal: ApiError) -> tuple[dict[str, object], dict[str, str]]:
    body: dict[str, object] = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    retry_after = refusal.parameters.get("retry_after")
    return body, {} if retry_after is None else {"Retry-After": str(retry_after)}


def _cut(request: web.Request) -> None:
    """Break the connection off; whatever is answered then goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    raise ApiError


async def _read(request: web.Request) -> Params:
    values: dict[str, object] = dict(request.query)
    uploads: dict[str, Upload] = {}
    match request.content_type:
        case "application/json":
            try:
                body = read_json((await request.text()) or "{}")
            except ValueError:
                body = None
            if not isinstance(body, dict):
                raise BadRequestError("can't parse request: it must be a JSON object")
            values |= body
        case "application/x-www-form-urlencoded" | "multipart/form-data":
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    uploads[name] = Upload(name=value.filename, kind=value.content_type, data=value.file.read())
                else:
                    values[name] = value
        case _:
            pass
    return Params(values, uploads)
