"""Which of the servers one connection hears (docs.discord.com/developers/events/gateway#sharding)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Shards:
    """From ``first`` to ``last``, counted from 0, of ``count`` in all. People's private chats belong to shard 0."""

    first: int
    last: int
    count: int

    @property
    def ids(self) -> list[int]:
        return list(range(self.first, self.last + 1))
