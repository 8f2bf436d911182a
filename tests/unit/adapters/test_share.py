"""A process is told what of the bot it is; what cannot be is said before anything starts."""

from pathlib import Path
from typing import Any

import pytest

from adapters.discord.shards import Shards
from adapters.settings import Settings
from adapters.share import Part, Share, ShareError, share_of

POSTGRESQL = "postgresql+asyncpg://newsbot@localhost/newsbot"


def settings(**told: Any) -> Settings:
    return Settings(**{"_env_file": None, "home": Path("data"), "database_url": POSTGRESQL} | told)


def test_without_words_it_is_the_whole_bot_on_any_database() -> None:
    assert share_of((), None, settings(database_url=None)) == Share()
    assert Share().is_all
    assert Share().name == ""


def test_a_part_is_that_part_alone() -> None:
    share = share_of([Part.TELEGRAM, Part.DISCORD], None, settings())
    assert share.parts == {Part.DISCORD, Part.TELEGRAM}
    assert not share.is_all
    assert share.name == "discord-telegram"


@pytest.mark.parametrize(
    ("told", "shards"),
    [
        ("0-3/16", Shards(first=0, last=3, count=16)),
        ("15-15/16", Shards(first=15, last=15, count=16)),
        ("7/16", Shards(first=7, last=7, count=16)),
    ],
)
def test_shards_are_told_from_first_to_last(told: str, shards: Shards) -> None:
    share = share_of([Part.DISCORD], told, settings())
    assert share.shards == shards
    assert share.shards.ids == list(range(shards.first, shards.last + 1))


@pytest.mark.parametrize("told", ["3-0/16", "0-16/16", "16/16", "0-3", "0/0", "a-b/c", "-1-3/16", "0-3/16 "])
def test_what_are_no_shards_is_said(told: str) -> None:
    with pytest.raises(ShareError, match=r"such as 0-3/16"):
        share_of([Part.DISCORD], told, settings())


@pytest.mark.parametrize(("only", "shards"), [([Part.SOURCES], None), ([], "0-1/2")])
def test_an_sqlite_file_is_for_one_process(only: list[Part], shards: str | None) -> None:
    with pytest.raises(ShareError, match="NEWSBOT_DATABASE_URL"):
        share_of(only, shards, settings(database_url=None))


def test_shards_without_discord_are_of_no_use() -> None:
    with pytest.raises(ShareError, match="--only discord"):
        share_of([Part.TELEGRAM], "0-1/2", settings())


def test_a_part_that_has_no_token_or_port_says_which() -> None:
    with pytest.raises(ShareError, match="NEWSBOT_DISCORD_TOKEN"):
        share_of([Part.DISCORD], None, settings(telegram_token="1:secret"))  # none
    with pytest.raises(ShareError, match="NEWSBOT_WEB_PORT"):
        share_of([Part.WEB], None, settings())
