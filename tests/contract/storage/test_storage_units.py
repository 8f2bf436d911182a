"""A unit of work happens as a whole or not at all."""

import asyncio

import pytest

from storage import Database
from tests.builders import NOON, new_source


class _OddError(Exception):
    """Something that goes wrong in the middle of a use case."""


async def test_what_was_committed_is_there_for_others(storage: Database, other_process: Database) -> None:
    async with storage.writing() as work:
        await work.notes.write("greeting", "salam")
        await work.commit()

    async with other_process.reading() as look:
        assert await look.notes.read("greeting") == "salam"


async def test_what_was_not_committed_never_happened(storage: Database) -> None:
    async with storage.writing() as work:
        await work.notes.write("greeting", "salam")
        await work.sources.add(new_source(), now=NOON)

    async with storage.reading() as look:
        assert await look.notes.read("greeting") is None
        assert await look.sources.all() == []


async def test_an_error_undoes_everything_and_leaves_the_next_writer_free(storage: Database) -> None:
    async def write_and_fail() -> None:
        async with storage.writing() as work:
            await work.notes.write("greeting", "salam")
            raise _OddError

    with pytest.raises(_OddError):
        await write_and_fail()

    async with storage.writing() as work:
        assert await work.notes.read("greeting") is None


async def test_what_a_reader_writes_is_dropped(storage: Database) -> None:
    async with storage.reading() as look:
        await look.notes.write("greeting", "salam")

    async with storage.reading() as look:
        assert await look.notes.read("greeting") is None


async def test_a_reader_sees_the_same_from_beginning_to_end(storage: Database, other_process: Database) -> None:
    async with storage.reading() as look:
        assert await look.notes.read("greeting") is None
        async with other_process.writing() as work:
            await work.notes.write("greeting", "salam")
            await work.commit()
        assert await look.notes.read("greeting") is None


async def test_a_reader_keeps_no_writer_waiting_and_no_writer_a_reader(storage: Database) -> None:
    async with storage.writing() as work:
        await work.notes.write("greeting", "salam")
        async with asyncio.timeout(5), storage.reading() as look:
            assert await look.notes.read("greeting") is None
            await work.commit()

    async with storage.reading() as look:
        assert await look.notes.read("greeting") == "salam"


async def test_a_cancelled_writer_leaves_nothing_behind(storage: Database) -> None:
    has_written = asyncio.Event()

    async def write_and_wait() -> None:
        async with storage.writing() as work:
            await work.notes.write("greeting", "salam")
            has_written.set()
            await asyncio.Event().wait()

    writer = asyncio.create_task(write_and_wait())
    await has_written.wait()
    writer.cancel()
    await asyncio.gather(writer, return_exceptions=True)

    async with asyncio.timeout(5), storage.writing() as work:
        assert await work.notes.read("greeting") is None
        await work.notes.write("greeting", "sağ ol")
        await work.commit()


async def test_a_unit_goes_on_after_its_commit(storage: Database) -> None:
    async with storage.writing() as work:
        await work.notes.write("first", "1")
        await work.commit()
        await work.notes.write("second", "2")
        await work.commit()
        await work.notes.write("third", "3")

    async with storage.reading() as look:
        assert [await look.notes.read(name) for name in ("first", "second", "third")] == ["1", "2", None]
