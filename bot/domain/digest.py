"""Several stories told in one post."""

from dataclasses import dataclass
from typing import NewType

from bot.domain.story import Headline

DigestId = NewType("DigestId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one channel would have got one by one, had nobody been away.

    ``source`` is the title of the source that told it, None for what gathered while the channel itself was closed;
    ``count`` is how many stories there are, ``headlines`` the newest of them, newest first. A story that was merged
    counts as the one that tells it now.
    """

    id: DigestId
    source: str | None
    count: int
    headlines: tuple[Headline, ...]
