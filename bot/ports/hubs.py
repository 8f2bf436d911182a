"""What the core needs of hubs, which push what feeds publish."""

from datetime import timedelta
from typing import Protocol

from bot.domain.source import HubLink


class Hubs(Protocol):
    """Asks hubs."""

    async def subscribe(self, link: HubLink, *, callback: str, secret: str, lease: timedelta) -> None:
        """Ask the hub to push the topic to the callback; it will ask there whether that was meant.

        Ends within 30 s. Raises ReadingError where the hub cannot be asked or refuses.
        """
        ...
