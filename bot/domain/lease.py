"""Tasks that one process at a time does, on whichever machine."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A process's turn at a task, until it is given back, runs out or is taken over.

    ``fence`` grows with each turn and is never given twice for one task, so that whoever is late can be told apart from
    whoever came after it.
    """

    task: str
    holder: str
    fence: int

    @property
    def turn(self) -> str:
        """The holder's name in this turn, which no other turn at the task has."""
        return f"{self.holder} {self.fence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseSign:
    """What changes each time that a task's lease is taken or renewed."""

    fence: int
    until: datetime
