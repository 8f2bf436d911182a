"""What the commands about backups do."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

from adapters.compose import searchable_platforms
from adapters.desk import database_backups, database_file, is_embedded
from adapters.machine.clock import SystemClock
from adapters.machine.home import make_home
from adapters.machine.run_lock import only_one
from adapters.settings import Settings
from bot.ports.backups import Contents, Outlook, Restored


async def back_up(settings: Settings, file: str) -> Contents:
    """Write a backup; the bot may run. Raises BackupError."""
    return await asyncio.to_thread(database_backups(settings).make, file, now=SystemClock().now())


async def restore(
    settings: Settings, file: str, *, resends: bool, agrees: Callable[[Outlook, datetime], bool]
) -> Restored | None:
    """Come back to a backup, if whoever is told what that means now agrees; None where they do not.

    Raises BackupError, and AlreadyRunningError while a bot runs on the file.
    """
    make_home(settings.home)
    clock, backups = SystemClock(), database_backups(settings)
    with ExitStack() as stack:
        if is_embedded(settings):
            stack.enter_context(only_one(database_file(settings)))
        outlook = await asyncio.to_thread(backups.outlook, file)
        if not agrees(outlook, clock.now()):
            return None
        return await asyncio.to_thread(
            backups.restore, file, now=clock.now(), searchable=searchable_platforms(), resends=resends
        )
