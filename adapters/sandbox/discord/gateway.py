"""The gateway: sessions of the bot over WebSocket, with resume, heartbeats and intents (gateway v10)."""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from adapters.sandbox.contract import DISCORD_TOKEN, Ground
from adapters.sandbox.discord import cast

_DISPATCH, _RECONNECT, _INVALID_SESSION, _HELLO, _ACK = 0, 7, 9, 10, 11

_INTERVAL_MS = 41_250
_PATIENCE_S = _INTERVAL_MS / 1000 * 1.5
_MOST_FRAMES, _FRAMES_WINDOW_S = 120, 60
_MOST_KEPT_EVENTS = 2000
_KEPT_S = 120
_ANSWER_WITHIN_S = 3
_WATCH_EVERY_S = 0.25
_WAY_S = 0.05
"""No real gateway is nearer. discord.py notes the time of a heartbeat after sending it, so an answer that comes sooner
counts from the heartbeat before and is logged as a connection 41 seconds behind."""

GUILDS, GUILD_MESSAGES, GUILD_REACTIONS = 1 << 0, 1 << 9, 1 << 10
DIRECT_MESSAGES, DIRECT_REACTIONS, MESSAGE_CONTENT = 1 << 12, 1 << 13, 1 << 15
_PRIVILEGED = 1 << 1 | 1 << 8 | MESSAGE_CONTENT
_ALL_INTENTS = (1 << 26) - 1

GATEWAY_FAULTS = ("reconnect", "invalid_session", "close")


class _ClosedError(Exception):
    """The connection must end with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(slots=True, eq=False)
class Session:
    """What the bot identified as; outlives its sockets for as long as it may be resumed."""

    id: str
    intents: int
    shard: tuple[int, int] | None
    socket: web.WebSocketResponse | None = None
    number: int = 0
    kept: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=_MOST_KEPT_EVENTS))
    left_at: float = 0.0

    def hears(self, intent: int, guild_id: str | None) -> bool:
        """Whether the event goes to this session: by its intents, and by its shard."""
        if intent and not self.intents & intent:
            return False
        shard, shards = self.shard or (0, 1)
        return shard == ((int(guild_id) >> 22) % shards if guild_id else 0)

    def since(self, seq: int) -> list[str]:
        """The kept events with a higher number."""
        return [text for number, text in self.kept if number > seq]

    def frame(self, event: str, data: Any) -> str:
        """The next event's text, kept for a resume."""
        self.number += 1
        text = json.dumps({"op": _DISPATCH, "t": event, "s": self.number, "d": data}, separators=(",", ":"))
        self.kept.append((self.number, text))
        return text


class Gateway:
    """All sessions of the bot. ``guilds`` makes GUILD_CREATE's objects anew, one for each server that it is in."""

    def __init__(self, ground: Ground, guilds: Callable[[], list[dict[str, Any]]]) -> None:
        self._ground = ground
        self._guilds = guilds
        self._sessions: dict[str, Session] = {}
        self._sockets: set[web.WebSocketResponse] = set()
        self._struck: set[tuple[str, float]] = set()
        self.url = ""

    @property
    def is_connected(self) -> bool:
        return any(session.socket is not None for session in self._sessions.values())

    @property
    def may_come_back(self) -> bool:
        """Whether an interaction can still be answered: the bot is there, or left a moment ago and may resume."""
        now = self._ground.clock()
        return any(one.socket is not None or now - one.left_at < _ANSWER_WITHIN_S for one in self._sessions.values())

    async def close(self) -> None:
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY)

    async def send(self, event: str, data: Any, *, intent: int = 0, guild_id: str | None = None) -> None:
        """Send the event to every session that listens for it; those that are away get it when they resume."""
        for session in list(self._sessions.values()):
            if not session.hears(intent, guild_id):
                continue
            text = session.frame(event, data)
            if session.socket is not None and not session.socket.closed:
                await _send(session.socket, text)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection from hello to close."""
        socket = web.WebSocketResponse(compress=False, max_msg_size=1 << 20)
        await socket.prepare(request)
        self._sockets.add(socket)
        connection = _Connection(self, self._ground, socket)
        watching = asyncio.create_task(connection.watch())
        try:
            await connection.talk()
        except _ClosedError as closed:
            await socket.close(code=closed.code, message=closed.reason.encode())
        finally:
            watching.cancel()
            self._sockets.discard(socket)
            connection.leave()
            self._note("disconnected", {})
        return socket

    def identify(self, socket: web.WebSocketResponse, intents: int, shard: tuple[int, int] | None) -> Session:
        self._forget_old()
        session = Session(id=secrets.token_hex(16), intents=intents, shard=shard, socket=socket)
        self._sessions[session.id] = session
        self._note("identified", {"intents": intents})
        return session

    def resume(self, session_id: str, seq: int) -> Session | None:
        """The session, without a socket yet, or None when it cannot be resumed from there."""
        self._forget_old()
        session = self._sessions.get(session_id)
        if session is None:
            return None
        if seq > session.number:
            raise _ClosedError(4007, "Invalid sequence.")
        missed = session.since(seq)
        if len(missed) < session.number - seq:
            return None
        session.socket = None
        self._note("resumed", {"missed": len(missed)})
        return session

    def forget(self, session: Session | None) -> None:
        if session is not None:
            self._sessions.pop(session.id, None)

    def ready(self, session: Session) -> dict[str, Any]:
        data: dict[str, Any] = {
            "v": 10,
            "user": {**cast.BOT_USER, "verified": True, "email": None, "mfa_enabled": False, "flags": 0},
            "guilds": [{"id": one["id"], "unavailable": True} for one in self._guilds() if session.hears(0, one["id"])],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "session_type": "normal",
            "private_channels": [],
            "application": {"id": cast.APPLICATION_ID, "flags": 0},
        }
        if session.shard:
            data["shard"] = list(session.shard)
        return data

    def guilds_for(self, session: Session) -> list[dict[str, Any]]:
        return [one for one in self._guilds() if session.hears(GUILDS, one["id"])]

    def fault(self) -> tuple[str, int] | None:
        """A fault of the connection that is ordered and has not struck yet, with its close code."""
        for kind in GATEWAY_FAULTS:
            fault = self._ground.faults.strikes("discord", kind)
            if fault is not None and (kind, fault.until) not in self._struck:
                self._struck.add((kind, fault.until))
                self._ground.ledger.write("discord", "fault", {"fault": kind})
                code = fault.options.get("code", 1011)
                return kind, code if isinstance(code, int) else 1011
        return None

    def _forget_old(self) -> None:
        now = self._ground.clock()
        for session in list(self._sessions.values()):
            if session.socket is None and now - session.left_at > _KEPT_S:
                del self._sessions[session.id]

    def _note(self, what: str, facts: dict[str, object]) -> None:
        self._ground.ledger.write("discord", "event", {"event": f"gateway {what}", **facts})


class _Connection:
    """One WebSocket of the bot."""

    def __init__(self, gateway: Gateway, ground: Ground, socket: web.WebSocketResponse) -> None:
        self._gateway = gateway
        self._ground = ground
        self._socket = socket
        self._session: Session | None = None
        self._beat_at = ground.clock()
        self._frames: deque[float] = deque()

    async def talk(self) -> None:
        """Say hello, then answer every frame until the socket ends."""
        await self._send({"op": _HELLO, "d": {"heartbeat_interval": _INTERVAL_MS}, "s": None, "t": None})
        async for message in self._socket:
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            self._count()
            await self._take(message.data)

    async def watch(self) -> None:
        """Look after what no frame of the bot brings about: silence, and ordered faults."""
        while not self._socket.closed:
            await asyncio.sleep(_WATCH_EVERY_S)
            if self._ground.clock() - self._beat_at > _PATIENCE_S:
                await self._socket.close(code=4009, message=b"Session timed out.")
            elif self._session is not None and (struck := self._gateway.fault()):
                await self._strike(*struck)

    def leave(self) -> None:
        """Keep the session for a resume, unless the bot itself said goodbye."""
        session = self._session
        if session is None or session.socket is not self._socket:
            return
        self._release()
        if self._socket.close_code in (1000, 1001):
            self._gateway.forget(session)

    def _release(self) -> None:
        if self._session is not None:
            self._session.socket, self._session.left_at = None, self._ground.clock()

    async def _strike(self, kind: str, code: int) -> None:
        match kind:
            case "reconnect":
                await self._send({"op": _RECONNECT, "d": None})
            case "invalid_session":
                self._gateway.forget(self._session)
                await self._send({"op": _INVALID_SESSION, "d": False})
            case _:
                # The client echoes a close with 1000; that is no goodbye, so the session is let go of first.
                self._release()
                await self._socket.close(code=code, message=b"Ordered at the sandbox.")

    def _count(self) -> None:
        now = self._ground.clock()
        self._frames.append(now)
        while self._frames[0] <= now - _FRAMES_WINDOW_S:
            self._frames.popleft()
        if len(self._frames) > _MOST_FRAMES:
            raise _ClosedError(4008, "You are being rate limited.")

    async def _take(self, raw: str | bytes) -> None:
        try:
            frame = json.loads(raw)
            op, data = frame["op"], frame.get("d")
        except (ValueError, TypeError, KeyError, AttributeError):
            raise _ClosedError(4002, "Error while decoding payload.") from None
        match op:
            case 1:
                self._beat_at = self._ground.clock()
                if self._session is not None:
                    await asyncio.sleep(_WAY_S)
                await self._send({"op": _ACK})
            case 2:
                await self._identify(data)
            case 6:
                await self._resume(data)
            case 3 | 4 | 8 | 31 | 43:
                if self._session is None:
                    raise _ClosedError(4003, "Not authenticated.")
            case _:
                raise _ClosedError(4001, "Unknown opcode.")

    async def _identify(self, data: Any) -> None:
        if self._session is not None:
            raise _ClosedError(4005, "Already authenticated.")
        if not isinstance(data, dict) or not isinstance(data.get("intents"), int):
            raise _ClosedError(4013, "Invalid intent(s).")
        _check_token(data)
        intents = data["intents"]
        if not 0 <= intents <= _ALL_INTENTS:
            raise _ClosedError(4013, "Invalid intent(s).")
        if intents & _PRIVILEGED:
            raise _ClosedError(4014, "Disallowed intent(s).")
        session = self._session = self._gateway.identify(self._socket, intents, _shard(data.get("shard")))
        await _send(self._socket, session.frame("READY", self._gateway.ready(session)))
        for guild in self._gateway.guilds_for(session):
            await _send(self._socket, session.frame("GUILD_CREATE", guild))

    async def _resume(self, data: Any) -> None:
        if self._session is not None:
            raise _ClosedError(4005, "Already authenticated.")
        if not isinstance(data, dict) or not isinstance(data.get("seq"), int):
            raise _ClosedError(4007, "Invalid sequence.")
        _check_token(data)
        seq = data["seq"]
        session = self._gateway.resume(str(data.get("session_id")), seq)
        if session is None:
            await self._send({"op": _INVALID_SESSION, "d": False})
            return
        self._session = session
        # New events may come while the missed ones are sent; the socket is theirs only when nothing is missing.
        while missed := session.since(seq):
            for text in missed:
                await _send(self._socket, text)
            seq += len(missed)
        session.socket = self._socket
        await _send(self._socket, session.frame("RESUMED", {}))

    async def _send(self, frame: dict[str, Any]) -> None:
        await _send(self._socket, json.dumps(frame))


def _shard(told: Any) -> tuple[int, int] | None:
    """What READY repeats, where it was told."""
    if told is None:
        return None
    shard, shards = told
    if not 0 <= shard < shards:
        raise _ClosedError(4010, "Invalid shard.")
    return shard, shards


def _check_token(data: dict[str, Any]) -> None:
    token = str(data.get("token", "")).removeprefix("Bot ")
    if not secrets.compare_digest(token.encode(), DISCORD_TOKEN.encode()):
        raise _ClosedError(4004, "Authentication failed.")


async def _send(socket: web.WebSocketResponse, text: str) -> None:
    """Send unless the other side has just gone: what it missed is kept for a resume."""
    try:
        await socket.send_str(text)
    except (ConnectionError, RuntimeError):
        return
