"""Which errors a person at the command line is told, and whom they blame."""

from adapters.desk import SeedsError, StartError
from adapters.machine.home import HomeError
from adapters.machine.run_lock import AlreadyRunningError
from adapters.sandboxed import SandboxStartError
from adapters.seeding import PageError
from bot.domain.errors import NewsbotError
from bot.domain.topic import CatalogueError
from bot.ports.reading import ReadingError
from bot.runtime import NoPlatformError
from bot.services.keep_going import StuckError

TOLD = (
    NewsbotError,
    ReadingError,
    PageError,
    HomeError,
    SeedsError,
    StartError,
    SandboxStartError,
    AlreadyRunningError,
    NoPlatformError,
    StuckError,
)
"""Errors whose text is for the person at the command line."""

WRONG_SETTINGS = (HomeError, SeedsError, CatalogueError)
"""Those of them that a setting is to blame for, which the text names."""
