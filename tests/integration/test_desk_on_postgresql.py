"""Whatever is typed or pressed, the desk has an answer on PostgreSQL too, which is stricter with texts and numbers."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.commands.table import COMMANDS
from bot.messages.action import Verb
from storage import migrate
from tests.newsroom import ARGUMENTS, ODD_TEXTS, Newsroom, open_newsroom, words_of

pytestmark = pytest.mark.postgres


@pytest.fixture
async def newsroom(postgres_url: str, tmp_path: Path) -> AsyncIterator[Newsroom]:
    await asyncio.to_thread(migrate, postgres_url)
    async with open_newsroom(tmp_path, postgres_url) as opened:
        yield opened


async def test_nothing_that_can_be_typed_is_trouble(newsroom: Newsroom) -> None:
    for command, option in [(spec, option) for spec in COMMANDS for option in spec.options]:
        for typed in ODD_TEXTS:
            answer = await newsroom.command(command.name, **{**ARGUMENTS[command.name], option.name: typed})
            assert words_of(answer).strip(), (command.name, option.name, typed)
            await newsroom.suggest(command.name, option.name, typed)
            assert not newsroom.events.troubles, (command.name, option.name, typed)


async def test_no_number_on_a_button_is_trouble(newsroom: Newsroom) -> None:
    for verb in Verb:
        for subject, page in ((10**18 - 1, 999_999), (2**31, 0), (0, 0)):
            assert words_of(await newsroom.press(verb, subject, page)).strip(), verb
            assert not newsroom.events.troubles, (verb, subject, page)
