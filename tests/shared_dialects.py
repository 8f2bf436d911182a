"""Dialects that compile a statement once for all databases of a test run, as a running bot does for its one.

Compiled statements belong to an engine and its dialect, so each test, with engines of its own, would compile all it
runs again: that was the larger part of what a test of the storage cost.
"""

from typing import Any, ClassVar

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.util import LRUCache
from typing_extensions import override

_STATEMENTS = 2000
_COMPILED: LRUCache[Any, Any] = LRUCache(_STATEMENTS)


def share_dialects() -> None:
    """From now on all engines of this process share what they compile."""
    registry.register("sqlite.aiosqlite", __name__, SharedSqlite.__name__)
    registry.register("postgresql.asyncpg", __name__, SharedPostgresql.__name__)


class _Once(type):
    """Makes a class give the same object to all who ask with the same options, whose values nobody varies."""

    _made: ClassVar[dict[tuple[object, ...], object]] = {}

    @override
    def __call__(cls, **options: Any) -> Any:
        key = (cls, *sorted(options))
        if key not in _Once._made:
            _Once._made[key] = super().__call__(**options)
        return _Once._made[key]


class SharedSqlite(SQLiteDialect_aiosqlite, metaclass=_Once):
    """One for all files."""

    supports_statement_cache = True

    @classmethod
    @override
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=_COMPILED)


class SharedPostgresql(PGDialect_asyncpg, metaclass=_Once):
    """One for all servers."""

    supports_statement_cache = True

    @classmethod
    @override
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=_COMPILED)
