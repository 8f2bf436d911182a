"""The JSON interface: the one way by which the page and all tests drive the chats."""

import json
import logging
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.sandbox.changes import Changes
from adapters.sandbox.contract import PEOPLE, ChatServer, SandboxError
from adapters.sandbox.door import Presence
from adapters.sandbox.faults import FaultBook
from adapters.sandbox.store import Store

_LONGEST_WAIT_S = 60.0
_DEFAULT_FAULT_S = 60.0
_LARGEST_CROWD = 100_000
_log = logging.getLogger(__name__)


class NotFoundError(SandboxError):
    """What was named does not exist."""

    status = HTTPStatus.NOT_FOUND


class WrongValueError(SandboxError):
    """A value is missing, of another type or out of its range."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What the interface and the page reach of the sandbox."""

    servers: Mapping[str, ChatServer]
    presences: Mapping[str, Presence]
    store: Store
    faults: FaultBook
    changes: Changes

    def server(self, platform: str) -> ChatServer:
        try:
            return self.servers[platform]
        except KeyError:
            raise NotFoundError(f"There is no platform {platform!r}. There are {_listed(self.servers)}.") from None

    def status(self) -> dict[str, object]:
        """What the page's status line shows."""
        return {
            "bots": {platform: presence.is_there for platform, presence in self.presences.items()},
            "messages": self.store.count("shown"),
            "entries": self.store.last_number,
            "faults": len(self.faults.ordered()),
        }


@web.middleware
async def plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal as {"error": sentence}, with no trace of ours in it."""
    try:
        return await handler(request)
    except SandboxError as error:
        return web.json_response({"error": str(error)}, status=error.status)
    except web.HTTPMethodNotAllowed as error:
        sentence = f"{request.path} does not know {request.method}. It knows {_listed(error.allowed_methods)}."
        return web.json_response({"error": sentence}, status=error.status, headers={"Allow": error.headers["Allow"]})
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        sentence = f"There is nothing at {request.path}." if error.status == HTTPStatus.NOT_FOUND else error.reason
        return web.json_response({"error": sentence}, status=error.status)
    except Exception:  # noqa: BLE001  # the last resort: logged whole, and told as one sentence
        _log.exception("sandbox call failed", extra={"method": request.method, "path": request.path})
        sentence = "The sandbox could not do this, which is its own fault. Its log says why."
        return web.json_response({"error": sentence}, status=HTTPStatus.INTERNAL_SERVER_ERROR)


class Api:
    """The handlers of /api and /healthz."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside

    def routes(self) -> list[web.RouteDef]:
        chat = "/api/chats/{platform}/{chat}"
        return [
            web.get("/healthz", self.health),
            web.get("/api/chats", self.chats),
            web.get(chat, self.look),
            web.post(f"{chat}/say", self.say),
            web.post(f"{chat}/press", self.press),
            web.post(f"{chat}/fill", self.fill),
            web.get(f"{chat}/bot", self.bot_changes),
            web.post(f"{chat}/bot", self.change_bot),
            web.post("/api/crowd", self.gather),
            web.get("/api/ledger", self.ledger),
            web.get("/api/changes", self.changes),
            web.get("/api/faults", self.faults),
            web.post("/api/faults", self.order_fault),
            web.delete("/api/faults", self.clear_faults),
        ]

    async def health(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", **self._inside.status()})

    async def chats(self, request: web.Request) -> web.Response:
        chats = [chat.as_json() for server in self._inside.servers.values() for chat in server.chats()]
        return web.json_response(chats)

    async def look(self, request: web.Request) -> web.Response:
        server, chat = self._chat(request)
        person = _person(request.query.get("as"))
        view = await server.look(chat, person, request.query.get("typing"))
        return web.json_response(view.as_json())

    async def say(self, request: web.Request) -> web.Response:
        server, chat = self._chat(request)
        body = await _body(request)
        person, text = _person(body.get("as")), _text(body, "text")
        if not text.strip():
            raise WrongValueError('"text" is empty: there is nothing to say.')
        reply_to = _text(body, "reply_to") if body.get("reply_to") is not None else None
        return web.json_response((await server.say(chat, person, text, reply_to)).as_json())

    async def press(self, request: web.Request) -> web.Response:
        server, chat = self._chat(request)
        body = await _body(request)
        seen = await server.press(chat, _person(body.get("as")), _text(body, "message"), _text(body, "button"))
        return web.json_response(seen.as_json())

    async def fill(self, request: web.Request) -> web.Response:
        server, chat = self._chat(request)
        body = await _body(request)
        fields = body.get("fields")
        if not isinstance(fields, dict):
            raise WrongValueError('"fields" must be an object of names and values.')
        seen = await server.fill(chat, _person(body.get("as")), _text(body, "form"), fields)
        return web.json_response(seen.as_json())

    async def bot_changes(self, request: web.Request) -> web.Response:
        server, _ = self._chat(request)
        return web.json_response(dict(server.bot_changes))

    async def change_bot(self, request: web.Request) -> web.Response:
        server, chat = self._chat(request)
        body = await _body(request)
        person, change = _person(body.get("as")), _text(body, "change")
        if change not in server.bot_changes:
            raise NotFoundError(f"Nobody can {change!r} the bot. One can {_listed(server.bot_changes)}.")
        await server.change_bot(chat, person, change)
        return web.json_response({"changed": change})

    async def gather(self, request: web.Request) -> web.Response:
        body = await _body(request)
        count = _number(body.get("chats"), "chats", at_most=_LARGEST_CROWD)
        opened = await self._inside.server(_text(body, "platform")).gather(int(count))
        return web.json_response({"chats": list(opened)}, status=HTTPStatus.CREATED)

    async def ledger(self, request: web.Request) -> web.Response:
        return web.json_response(self._inside.store.since(_whole(request.query.get("since", "0"), "since")))

    async def changes(self, request: web.Request) -> web.Response:
        since = _whole(request.query.get("since", "0"), "since")
        wait = _number(request.query.get("wait", "0"), "wait", at_most=_LONGEST_WAIT_S)
        news = await self._inside.changes.wait(since, wait)
        return web.json_response({**news.as_json(), **self._inside.status()})

    async def faults(self, request: web.Request) -> web.Response:
        return web.json_response(self._faults())

    async def order_fault(self, request: web.Request) -> web.Response:
        body = await _body(request)
        platform, kind = _text(body, "platform"), _text(body, "kind")
        known = self._inside.server(platform).fault_kinds
        if kind not in known:
            raise NotFoundError(f"{platform} cannot play {kind!r}. It can play {_listed(known)}.")
        for_s = _number(body.get("for_s", _DEFAULT_FAULT_S), "for_s")
        share = _number(body.get("share", 1.0), "share", at_most=1.0)
        options = body.get("options", {})
        if not isinstance(options, dict):
            raise WrongValueError('"options" must be an object.')
        fault = self._inside.faults.order(platform, kind, for_s=for_s, share=share, options=options)
        self._inside.changes.stir()
        return web.json_response(self._inside.faults.describe(fault), status=HTTPStatus.CREATED)

    async def clear_faults(self, request: web.Request) -> web.Response:
        platform, kind = request.query.get("platform"), request.query.get("kind")
        if platform is not None:
            self._inside.server(platform)
        self._inside.faults.clear(platform, kind)
        self._inside.changes.stir()
        return web.json_response(self._faults())

    def _faults(self) -> dict[str, object]:
        faults = self._inside.faults
        return {
            "kinds": {platform: dict(server.fault_kinds) for platform, server in self._inside.servers.items()},
            "ordered": [faults.describe(fault) for fault in faults.ordered()],
        }

    def _chat(self, request: web.Request) -> tuple[ChatServer, str]:
        return self._inside.server(request.match_info["platform"]), request.match_info["chat"]


async def _body(request: web.Request) -> Mapping[str, object]:
    try:
        body = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError, LookupError) as error:
        raise SandboxError(f"The body is not JSON: {error}.") from error
    if not isinstance(body, dict):
        raise SandboxError("The body must be a JSON object.")
    return body


def _text(body: Mapping[str, object], key: str) -> str:
    match body.get(key):
        case str(value):
            return value
        case None:
            raise WrongValueError(f'"{key}" is missing.')
        case other:
            raise WrongValueError(f'"{key}" must be a text, not {json.dumps(other, ensure_ascii=False)[:60]}.')


def _person(named: object) -> str:
    if named is None:
        raise WrongValueError(
            f'"as" is missing: say who is speaking, one of {_listed(person.id for person in PEOPLE)}.'
        )
    if not any(named == person.id for person in PEOPLE):
        raise NotFoundError(f"There is nobody called {named!r}. There are {_listed(person.id for person in PEOPLE)}.")
    return str(named)


def _whole(value: str, key: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise WrongValueError(f'"{key}" must be a whole number, not {value!r}.') from None


def _number(value: object, key: str, *, at_most: float = math.inf) -> float:
    try:
        number = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if math.isnan(number) or not 0 <= number <= at_most or number == math.inf:
        limits = "0 or more" if at_most == math.inf else f"between 0 and {at_most:g}"
        raise WrongValueError(f'"{key}" must be a number, {limits}.')
    return number


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
