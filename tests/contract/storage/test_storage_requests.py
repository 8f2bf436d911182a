"""What the port promises about requests, phrases and notes."""

from datetime import timedelta

import pytest

from storage import Database
from tests.builders import NOON


async def test_a_request_is_first_once(storage: Database) -> None:
    async with storage.writing() as work:
        assert await work.requests.is_first("telegram", "u1", now=NOON)
        assert not await work.requests.is_first("telegram", "u1", now=NOON + timedelta(days=7))
        assert await work.requests.is_first("discord", "u1", now=NOON)
        assert await work.requests.is_first("telegram", "u2", now=NOON)


async def test_a_request_whose_unit_was_undone_is_first_again(storage: Database) -> None:
    async with storage.writing() as work:
        assert await work.requests.is_first("telegram", "u1", now=NOON)

    async with storage.writing() as work:
        assert await work.requests.is_first("telegram", "u1", now=NOON)


@pytest.mark.parametrize("phrase", ["harbour", "", "Ünlü 🛳️ söz", "x" * 20_000, "a\nb'\"%_\\"])
async def test_a_number_stands_for_a_phrase_and_always_the_same(storage: Database, phrase: str) -> None:
    async with storage.writing() as work:
        number = await work.requests.number(phrase, now=NOON)
        other = await work.requests.number(phrase + "!", now=NOON)
        assert number >= 1
        assert other != number
        assert await work.requests.number(phrase, now=NOON) == number
        assert await work.requests.phrase(number) == phrase
        await work.commit()

    async with storage.reading() as look:
        assert await look.requests.phrase(number) == phrase


@pytest.mark.parametrize("number", [0, -1, 999, 10**30])
async def test_a_number_that_stands_for_nothing_has_no_phrase(storage: Database, number: int) -> None:
    async with storage.reading() as look:
        assert await look.requests.phrase(number) is None


async def test_a_note_is_read_as_it_was_written_last(storage: Database) -> None:
    async with storage.writing() as work:
        assert await work.notes.read("opened") is None
        await work.notes.write("opened", "yes")
        await work.notes.write("opened", "no")
        await work.notes.write("closed", "")
        assert await work.notes.read("opened") == "no"
        assert await work.notes.read("closed") == ""
