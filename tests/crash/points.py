"""The moments at which the bot is killed, and the fuse that does it."""

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

PLATFORMS: Final = ("discord", "telegram")

FEED_READ: Final = "feed read"
STORY_OPENED: Final = "story opened"
ARTICLE_WRITTEN: Final = "article written"
HEADLINES_PROMISED: Final = "headlines promised"
PUBLISHED: Final = "published"
"""Committed. Article and promises are one transaction, so that the four before this one are all before its commit."""

CLAIMING: Final = "claiming"
CLAIMED: Final = "claimed"
REQUEST_CUT: Final = "request cut"
ANSWER_UNREAD: Final = "answer unread"
ANSWER_READ: Final = "answer read"
SETTLING: Final = "settling"
SETTLED: Final = "settled"

ANY_MOMENT: Final = "any moment"

_PUBLISHING: Final = (FEED_READ, STORY_OPENED, ARTICLE_WRITTEN, HEADLINES_PROMISED, PUBLISHED)
_SENDING: Final = (CLAIMING, CLAIMED, REQUEST_CUT, ANSWER_UNREAD, ANSWER_READ, SETTLING, SETTLED)


def on(platform: str, point: str) -> str:
    """The point as it is passed for that platform."""
    return f"{platform} {point}"


ALL: Final = (*_PUBLISHING, *(on(platform, point) for point in _SENDING for platform in PLATFORMS), ANY_MOMENT)
ON_THE_WIRE: Final = frozenset(on(platform, point) for platform in PLATFORMS for point in (REQUEST_CUT, ANSWER_UNREAD))
"""Reached between the bot and the platform, by a wire that the harness holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How one bot is to die: when it passes ``point`` for the ``nth`` time.

    ``lease_s`` shortens the claims' lease and the time between two looks for abandoned ones; None leaves them alone.
    ``is_forgetful``: Discord knows no nonce again, as long after a crash; the channel's history has to tell.
    """

    point: str
    nth: int
    lease_s: float | None = None
    is_forgetful: bool = False

    def as_argument(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_argument(cls, text: str) -> "Order":
        return cls(**json.loads(text))


class Fuse:
    """Calls ``kill`` when the order's point is passed for the nth time, and never again."""

    def __init__(self, order: Order, kill: Callable[[], None]) -> None:
        self._order = order
        self._kill = kill
        self._passed = 0

    def passes(self, point: str) -> bool:
        """Note that the point is passed; whether that was the end."""
        if point != self._order.point:
            return False
        self._passed += 1
        if self._passed != self._order.nth:
            return False
        self._kill()
        return True
