"""How single values go into columns and come back."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import URL

from storage.column_types import Lines, Moment, Number, Plain, Words
from storage.database import open_storage
from storage.engine import DatabaseUrlError

_SQLITE, _POSTGRESQL = URL.create("sqlite").get_dialect()(), URL.create("postgresql+asyncpg").get_dialect()()
_DIALECTS = [_SQLITE, _POSTGRESQL]
_NOON = datetime(2026, 3, 14, 12, 0, 0, 123456, tzinfo=UTC)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Moment().process_bind_param(datetime(2026, 3, 14), _DIALECTS[0])  # noqa: DTZ001 - what is to be refused


def test_a_time_of_any_zone_is_stored_as_utc() -> None:
    baku = _NOON.astimezone(timezone(timedelta(hours=4)))
    assert Moment().process_bind_param(baku, _SQLITE) == _NOON.replace(tzinfo=None)
    assert Moment().process_bind_param(baku, _POSTGRESQL) == _NOON


def test_a_time_comes_back_aware() -> None:
    assert Moment().process_result_value(_NOON.replace(tzinfo=None), _SQLITE) == _NOON
    assert Moment().process_result_value(_NOON, _POSTGRESQL) == _NOON


@pytest.mark.parametrize("number", [-1, 2**63, 10**40])
def test_a_number_that_no_row_has_is_asked_for_as_minus_one(number: int) -> None:
    for dialect in _DIALECTS:
        assert Number().process_bind_param(number, dialect) == -1
        assert Number().process_bind_param(2**63 - 1, dialect) == 2**63 - 1


def test_text_loses_only_what_no_database_can_hold() -> None:
    text = "é\u0301 🛳️\t\n\x01"
    for dialect in _DIALECTS:
        assert Plain().process_bind_param(f"\x00{text}\ud83d", dialect) == text


def test_lines_are_told_apart_whatever_is_in_them() -> None:
    lines = ("", "a\nb", '"],["', "Ünlü 🛳️")
    for dialect in _DIALECTS:
        stored = Lines().process_bind_param(lines, dialect)
        assert Lines().process_result_value(stored, dialect) == lines


def test_words_are_lexemes_where_the_database_knows_such() -> None:
    assert Words().process_bind_param("bakı news", _POSTGRESQL) == "'bakı' 'news'"
    assert Words().process_bind_param("bakı news", _SQLITE) == "bakı news"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///news.db",
        "",
        "news.db",
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
        "mysql://root:secret@db/news",
        "postgresql://db/news",
    ],
)
def test_a_url_of_another_database_is_refused_in_words_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseUrlError) as refusal:
        open_storage(url)
    assert "postgresql+asyncpg://" in str(refusal.value)
    assert "secret" not in str(refusal.value)
