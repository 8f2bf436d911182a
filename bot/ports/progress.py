"""How the parts of a running bot tell that they get on."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class Beat(Protocol):
    """What a part calls each time that it got on."""

    def __call__(self, trouble: str | None = None) -> None:
        """It lives; ``trouble`` is a sentence, without secrets, on what keeps it from its work all the same."""
        ...


def unheard(trouble: str | None = None) -> None:
    """A beat that nobody listens to."""


@dataclass(slots=True)
class Progress:
    """When each loop last got on and what is wrong with it; which platforms are connected, and why not.

    A platform's own loop goes by the platform's name: it gets on whenever the platform answers.
    ``platforms`` are all that this process serves; ``standing_by`` are the tasks that another process does while this
    one waits, ``held`` those that are this one's, with the fences of their leases.
    """

    loops: dict[str, datetime] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)
    connected: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    platforms: frozenset[str] = frozenset()
    standing_by: set[str] = field(default_factory=set)
    held: dict[str, int] = field(default_factory=dict)

    def note(self, loop: str, at: datetime, trouble: str | None = None) -> None:
        """The loop got on."""
        self.loops[loop] = at
        if trouble is None:
            self.troubles.pop(loop, None)
        else:
            self.troubles[loop] = trouble
