"""Thousands of channels at once, each of which follows everything."""

from typing import Any

from sqlalchemy import Select, insert, literal_column, select

from bot.domain.channel import Prefers
from storage import Database
from storage.tables import channels, subscriptions
from tests.builders import NOON


async def followed_by(database: Database, count: int, *, platform: str = "here") -> None:
    """Private chats whose places are 1, 2, 3, …"""
    places = [
        {
            "platform": platform,
            "place": str(number),
            "thread": "",
            "kind": "private",
            "title": "",
            "added_at": NOON,
            "prefers": Prefers.NO_LOSS,
        }
        for number in range(1, count + 1)
    ]
    follows: Select[*tuple[Any, ...]] = select(
        channels.c.id, literal_column("'everything'"), literal_column("''"), literal_column("''"), channels.c.added_at
    )
    async with database.changing() as connection:
        await connection.execute(insert(channels), places)
        await connection.execute(
            insert(subscriptions).from_select(["channel_id", "kind", "subject", "label", "added_at"], follows)
        )
        await connection.commit()
