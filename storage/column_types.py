"""How values of the domain stand in columns, the same on every dialect."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.types import TypeEngine
from typing_extensions import override

from bot.domain.paragraph import Shape, shapes_as_json, shapes_from_json

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL, which PostgreSQL refuses in text, and lone surrogates, which UTF-8 has no bytes for; nobody can see either."""

_LARGEST = 2**63 - 1


class Number(TypeDecorator[int]):
    """A row's number. One that no row can have, such as a person may type, is asked for as -1."""

    impl = BigInteger
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int]:
        # SQLite counts up by itself only in a column whose type is the word INTEGER.
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    @override
    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        return value if value is None or 0 <= value <= _LARGEST else -1


class Moment(TypeDecorator[datetime]):
    """An aware UTC time to the microsecond; ``timestamptz`` on PostgreSQL, sortable text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; only aware times are stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Plain(TypeDecorator[str]):
    """Text without the characters that a database cannot hold; they are left out on the way in."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _storable(value)


class Lines(TypeDecorator[tuple[str, ...]]):
    """Texts in order, as a JSON list that a person can read."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return json.dumps([_storable(line) for line in value], ensure_ascii=False)

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(json.loads(value))


class Shapes(TypeDecorator[tuple[Shape, ...]]):
    """How paragraphs are meant, in their order, as a JSON list that a person can read."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: Sequence[Shape] | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(shapes_as_json(value))

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[Shape, ...] | None:
        return None if value is None else shapes_from_json(json.loads(value))


class Moments(TypeDecorator[tuple[datetime, ...]]):
    """Aware UTC times in order, as a JSON list that a person can read."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: Sequence[datetime] | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps([moment.astimezone(UTC).isoformat() for moment in value])

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[datetime, ...] | None:
        return None if value is None else tuple(datetime.fromisoformat(moment) for moment in json.loads(value))


class Words(TypeDecorator[str]):
    """Distinct words, each of letters, digits and marks only, with one space between them: what can be found.

    On PostgreSQL they are the lexemes themselves, so that no parser of the database's own has a say in them.
    """

    impl = Text
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or dialect.name != "postgresql":
            return value
        return " ".join(f"'{word}'" for word in value.split())


def _storable(text: str) -> str:
    """The text as it is, which hardly ever takes looking at each character, else without what cannot be stored."""
    if "\x00" not in text:
        if text.isascii():
            return text
        with suppress(UnicodeEncodeError):
            text.encode()
            return text
    return _UNSTORABLE.sub("", text)
