"""What operators should know of."""

from typing import Protocol

from bot.ports.measures import Measured


class Events(Protocol):
    """A log of events with fields. No field ever holds a secret or what people wrote."""

    def note(self, event: str, **fields: object) -> None:
        """Something happened as it should, or as was foreseen."""
        ...

    def warn(self, event: str, **fields: object) -> None:
        """Something that an operator can and should change."""
        ...

    def measure(self, measured: Measured) -> None:
        """Something took so long, or was one more of its kind. Costs microseconds."""
        ...

    def trouble(self, event: str, error: BaseException, **fields: object) -> None:
        """Something happened that somebody should look at."""
        ...
