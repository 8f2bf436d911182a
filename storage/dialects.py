"""The few things that SQLite and PostgreSQL say differently."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, Text, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from storage.column_types import Moment

_LAST_NUMBERS = text("SELECT name, seq FROM sqlite_sequence")

WAKING_WORD = "newsbot_due"
LETTER_WORD = "newsbot_letter"


def is_postgresql(connection: AsyncConnection) -> bool:
    """Whether many may write at once."""
    return connection.dialect.name == "postgresql"


async def wake_senders(connection: AsyncConnection) -> None:
    """Wake the senders who listen, wherever they run, once this transaction is committed; see ``waking``."""
    await _say(connection, WAKING_WORD)


async def tell_of_letters(connection: AsyncConnection) -> None:
    """Let whoever handles letters know, once this transaction is committed, that there are new ones."""
    await _say(connection, LETTER_WORD)


async def _say(connection: AsyncConnection, word: str) -> None:
    if is_postgresql(connection):
        await connection.execute(select(func.pg_notify(word, "")))


async def take_numbers(connection: AsyncConnection, counts: Mapping[Table[Any], int]) -> list[range | list[int]]:
    """So many numbers for new rows of each table, ascending; nobody else is given them."""
    if is_postgresql(connection):
        return [await _numbers_on_postgresql(connection, table, count) for table, count in counts.items()]
    # Whoever asks is the only one who writes, and SQLite counts on from the highest number that was ever written.
    last = {row.name: row.seq for row in await connection.execute(_LAST_NUMBERS)}
    firsts = [(last.get(table.name, 0) + 1, count) for table, count in counts.items()]
    return [range(first, first + count) for first, count in firsts]


async def _numbers_on_postgresql(connection: AsyncConnection, table: Table[Any], count: int) -> list[int]:
    given = func.nextval(func.pg_get_serial_sequence(table.name, "id")).label("number")
    return list((await connection.execute(select(given).select_from(func.generate_series(1, count)))).scalars())


Insert = postgresql.Insert | sqlite.Insert


def insert(connection: AsyncConnection, table: Table[Any]) -> Insert:
    """An INSERT that knows ON CONFLICT, which both dialects write alike."""
    return postgresql.insert(table) if is_postgresql(connection) else sqlite.insert(table)


class MadeOnce:
    """An INSERT for each dialect, made once: that takes longer than to run it."""

    def __init__(self, table: Table[Any], make: Callable[[Insert], Insert]) -> None:
        self._on_postgresql, self._on_sqlite = make(postgresql.insert(table)), make(sqlite.insert(table))

    def on(self, connection: AsyncConnection) -> Insert:
        """As the connection's database understands it."""
        return self._on_postgresql if is_postgresql(connection) else self._on_sqlite


class RandomOnce(FunctionElement[str]):
    """22 random hexadecimal digits, made by the database anew for each row: no secret, only never the same twice.

    PostgreSQL's ``gen_random_uuid`` asks the operating system for each row and takes ten times as long.
    """

    type = Text()
    inherit_cache = True


@compiles(RandomOnce, "sqlite")
def _on_sqlite(_element: RandomOnce, _compiler: SQLCompiler, **_: Any) -> str:
    return "lower(hex(randomblob(11)))"


@compiles(RandomOnce, "postgresql")
def _on_postgresql(_element: RandomOnce, _compiler: SQLCompiler, **_: Any) -> str:
    half = f"lpad(to_hex(floor(random() * {16**11})::bigint), 11, '0')"
    return f"{half} || {half}"


class FromNow(FunctionElement[datetime]):
    """So many seconds after now, by the database's own clock, which goes on within a transaction."""

    type = Moment()
    inherit_cache = True


@compiles(FromNow, "sqlite")
def _on_sqlite_s_clock(element: FromNow, compiler: SQLCompiler, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    return f"strftime('%Y-%m-%d %H:%M:%f', 'now', {seconds} || ' seconds') || '000'"


@compiles(FromNow, "postgresql")
def _on_postgresql_s_clock(element: FromNow, compiler: SQLCompiler, **options: Any) -> str:
    return f"clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **options)})"
