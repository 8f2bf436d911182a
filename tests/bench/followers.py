"""Thousands of channels at once, each of which follows everything."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, insert, literal_column, select

from bot.domain.channel import ChannelKind, Prefers
from storage import Database
from storage.tables import channels, subscriptions
from tests.builders import NOON


async def followed_by(
    database: Database, places: int | Sequence[str], *, platform: str = "here", kind: ChannelKind = ChannelKind.PRIVATE
) -> None:
    """Channels at these places, or at as many that are called 1, 2, 3, …"""
    if isinstance(places, int):
        places = [str(number) for number in range(1, places + 1)]
    rows = [
        {
            "platform": platform,
            "place": place,
            "thread": "",
            "kind": kind,
            "title": "",
            "added_at": NOON,
            "prefers": Prefers.NO_LOSS,
        }
        for place in places
    ]
    follows: Select[*tuple[Any, ...]] = select(
        channels.c.id, literal_column("'everything'"), literal_column("''"), literal_column("''"), channels.c.added_at
    ).where(channels.c.platform == platform)
    async with database.changing() as connection:
        await connection.execute(insert(channels), rows)
        await connection.execute(
            insert(subscriptions).from_select(["channel_id", "kind", "subject", "label", "added_at"], follows)
        )
        await connection.commit()
