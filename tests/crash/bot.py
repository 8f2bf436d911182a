"""``newsbot run``, watched at its seams and killed where it was ordered.

The product has no hook for this: classes are exchanged for subclasses that pass the fuse on their way.
"""

import json
import os
import secrets
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, NoReturn
from unittest.mock import patch

from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import override

import adapters.running  # noqa: F401  # what ``run`` imports when it is called, imported once for all lives
import storage.database
from adapters import cli, compose, desk
from adapters.discord.platform import DiscordOptions, DiscordPlatform
from adapters.feeds.reader import FeedsReader
from adapters.telegram.platform import TelegramOptions, TelegramPlatform
from bot import runtime
from bot.domain.delivery import Claim, Receipt
from bot.messages.limits import Limits
from bot.services import deliver, keep_lease, share_hosts
from bot.services.keep_lease import Tempo
from storage.deliveries import DatabaseDeliveries
from storage.unit_of_work import DatabaseUnit
from tests.crash import points
from tests.crash.points import Fuse, Order, on


class _Unit(DatabaseUnit):
    """A transaction that knows what it is about to commit."""

    fuse: Fuse
    tells_news = False

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self.before: set[str] = set()
        self.after: set[str] = set()
        self._deliveries = _Deliveries(connection, self)

    @override
    async def commit(self) -> None:
        _pass(*sorted(self.before))
        await super().commit()
        _pass(*sorted(self.after))
        if _Unit.tells_news:
            _Unit.tells_news = False
            _pass(points.PUBLISHED)


def _before_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    if statement.startswith(_NEW_ARTICLES):
        _pass(points.STORY_OPENED)


def _after_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    if statement.startswith(_NEW_ARTICLES):
        _Unit.tells_news = True
        _pass(points.ARTICLE_WRITTEN)
    elif _Unit.tells_news and statement.startswith(_NEW_DELIVERIES):
        _pass(points.HEADLINES_PROMISED)


_NEW_ARTICLES, _NEW_DELIVERIES = "INSERT INTO articles ", "INSERT INTO deliveries "
"""Publishing is watched by its statements, which no method's new name hides."""


class _Deliveries(DatabaseDeliveries):
    def __init__(self, connection: AsyncConnection, unit: _Unit) -> None:
        super().__init__(connection)
        self._unit = unit

    @override
    async def claim(self, *given: Any, **named: Any) -> list[Claim]:
        claims = await super().claim(*given, **named)
        self._mark(claims, points.CLAIMING, points.CLAIMED)
        return claims

    @override
    async def settle(self, settled: Sequence[Any], **named: Any) -> None:
        await super().settle(settled, **named)
        self._mark([one.claim for one in settled], points.SETTLING, points.SETTLED)

    def _mark(self, claims: Sequence[Claim], before: str, after: str) -> None:
        for claim in claims:
            self._unit.before.add(on(claim.channel.platform, before))
            self._unit.after.add(on(claim.channel.platform, after))


class _Feeds(FeedsReader):
    @override
    async def read(self, *given: Any, **named: Any) -> Any:
        reading = await super().read(*given, **named)
        _pass(points.FEED_READ)
        return reading


class _Discord(DiscordPlatform):
    is_forgetful = False

    def __init__(self, options: DiscordOptions, **named: Any) -> None:
        super().__init__(replace(options, rates=False), **named)

    @property
    @override
    def limits(self) -> Limits:
        return replace(super().limits, repeat_safe_s=0.0) if self.is_forgetful else super().limits

    @override
    async def send(self, *given: Any, once: str, **named: Any) -> Receipt:
        nonce = secrets.token_hex(11) if self.is_forgetful else once
        receipt = await super().send(*given, once=nonce, **named)
        _pass(on("discord", points.ANSWER_READ))
        return receipt


class _Telegram(TelegramPlatform):
    def __init__(self, options: TelegramOptions, **named: Any) -> None:
        super().__init__(replace(options, rates=False), **named)

    @override
    async def send(self, *given: Any, **named: Any) -> Receipt:
        receipt = await super().send(*given, **named)
        _pass(on("telegram", points.ANSWER_READ))
        return receipt


_SEAMS = (
    (storage.database, "DatabaseUnit", _Unit),
    (desk, "FeedsReader", _Feeds),
    (compose, "DiscordPlatform", _Discord),
    (compose, "TelegramPlatform", _Telegram),
)


def main() -> None:
    """Fork a bot for each line of the input; tell its process id, then how it ended."""
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _live(Order.from_argument(asked["order"]), asked["environment"], asked["log"])
        print(pid, flush=True)  # noqa: T201  # the answer
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  # the answer


def _live(order: Order, environment: Mapping[str, str], log: str) -> NoReturn:
    """``newsbot run``, to its end."""
    os.environ.update(environment)  # noqa: TID251  # as a shell would
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    for stream in (sys.stdout, sys.stderr):
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream.fileno())
    _watch(order)
    try:
        cli.app(["run", "--no-sandbox"], standalone_mode=True)
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 1)
    os._exit(0)


def _watch(order: Order) -> None:
    _Unit.fuse = Fuse(order, lambda: os.kill(os.getpid(), signal.SIGKILL))
    event.listen(Engine, "before_cursor_execute", _before_statement)
    event.listen(Engine, "after_cursor_execute", _after_statement)
    for where, name, watched in _SEAMS:
        patch.object(where, name, watched).start()
    _Discord.is_forgetful = order.is_forgetful
    if order.lease_s is not None:
        patch.object(deliver, "LEASE", timedelta(seconds=order.lease_s)).start()
        patch.object(runtime, "_RECOVERY_S", order.lease_s / 4).start()
        tempo = Tempo(
            lasts_s=order.lease_s, renewed_every_s=order.lease_s / 5, asked_every_s=0.1, margin_s=order.lease_s / 10
        )
        patch.object(keep_lease, "Tempo", lambda: tempo).start()
        patch.object(share_hosts, "LASTS", timedelta(seconds=order.lease_s)).start()


def _pass(*passed: str) -> None:
    for point in passed:
        _Unit.fuse.passes(point)


if __name__ == "__main__":
    main()
