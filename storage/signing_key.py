"""The key that only this installation knows."""

import secrets

from sqlalchemy import select

from storage import dialects, tables
from storage.database import Database

_NAME = "signing-key"
_BYTES = 32


async def signing_key(database: Database) -> bytes:
    """32 random bytes, made when they are first asked for and the same ever after, whoever asks and however many do."""
    known = select(tables.secrets.c.value).where(tables.secrets.c.name == _NAME)
    async with database.changing() as connection:
        fresh = dialects.insert(connection, tables.secrets).values(name=_NAME, value=secrets.token_hex(_BYTES))
        await connection.execute(fresh.on_conflict_do_nothing())
        key = (await connection.execute(known)).scalar_one()
        await connection.commit()
    return bytes.fromhex(key)
