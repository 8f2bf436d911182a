"""What every method of the Bot API works on."""

import asyncio
from collections.abc import Awaitable, Callable

from adapters.sandbox.contract import Ground
from adapters.sandbox.telegram.callbacks import Presses
from adapters.sandbox.telegram.params import Params
from adapters.sandbox.telegram.profile import Profile
from adapters.sandbox.telegram.rates import Rates
from adapters.sandbox.telegram.room import Rooms
from adapters.sandbox.telegram.stage import Stage
from adapters.sandbox.telegram.updates import POLL_AT_MOST_S, Updates
from adapters.sandbox.telegram.watch import Watches
from adapters.sandbox.telegram.webhook import Webhook


class Api:
    """The parts of the server, made once."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.rooms = Rooms(ground.documents)
        self.watches = Watches()
        self.stage = Stage(ground, self.rooms, self.watches)
        self.updates = Updates(ground)
        self.webhook = Webhook(ground, self.updates)
        self.presses = Presses(ground.clock)
        self.profile = Profile(ground.documents)
        self.heard_at: float | None = None
        self.rates = Rates(ground.clock, are_on=ground.strictness.rates)

    def hear(self) -> None:
        """The bot called."""
        self.heard_at = asyncio.get_running_loop().time()

    @property
    def has_listener(self) -> bool:
        """Whether a bot is there to answer: it takes updates by webhook, or called within the longest poll."""
        if self.webhook.url:
            return True
        return self.heard_at is not None and asyncio.get_running_loop().time() - self.heard_at < POLL_AT_MOST_S + 10


Method = Callable[[Api, Params], Awaitable[object]]
