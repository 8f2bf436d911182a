"""Which errors a person at the command line is told, whom they blame, and what can be done."""

from adapters.desk import SeedsError, StartError
from adapters.machine.home import HomeError
from adapters.machine.run_lock import AlreadyRunningError
from adapters.sandboxed import SandboxStartError
from adapters.seeding import PageError
from bot.domain.errors import NewsbotError
from bot.domain.source import Trouble
from bot.domain.topic import CatalogueError
from bot.ports.reading import ADDRESS_NOT_ALLOWED, ReadingError
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

# By the message, where the kind says too little, else by the kind.
_REMEDIES = {
    ADDRESS_NOT_ALLOWED: (
        "Public addresses are read on the ports 80, 443, 8080 and 8443. If it is in a network of your own, "
        "name that in NEWSBOT_FETCH_ALLOW, such as NEWSBOT_FETCH_ALLOW=10.0.0.0/8."
    ),
    "unreachable": "Check the address in a browser, or try again later.",
    "timeout": "Try again later.",
    "status": "Check the address in a browser, or give that of the site.",
    "gone": "Look on its site for another one.",
    "not_a_feed": "Give the address of a feed, or that of a site that has one.",
}


def with_remedy(problem: Trouble) -> str:
    """What went wrong, and what whoever typed the address can do about it."""
    return " ".join(filter(None, (problem.message, _REMEDIES.get(problem.message) or _REMEDIES.get(problem.kind))))
