"""What of the bot one process is, where several share the work on one PostgreSQL database."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from adapters.discord.shards import Shards
from adapters.settings import Settings

_SHARDS = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?/(\d{1,4})")


class ShareError(Exception):
    """What a process was told to be cannot be; the sentence says what to change."""


class Part(StrEnum):
    """What can run by itself."""

    SOURCES = "sources"
    DISCORD = "discord"
    TELEGRAM = "telegram"
    WEB = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The parts that run in this process, and the shards of Discord that it serves; None: all of them."""

    parts: frozenset[Part] = frozenset(Part)
    shards: Shards | None = None

    @property
    def is_all(self) -> bool:
        return self.parts == frozenset(Part) and self.shards is None

    @property
    def name(self) -> str:
        """Empty for all."""
        return "" if self.parts == frozenset(Part) else "-".join(sorted(self.parts))


def share_of(only: Collection[Part], shards: str | None, settings: Settings) -> Share:
    """What was asked for on the command line. Raises ShareError where it does not fit together or to the settings."""
    share = Share(parts=frozenset(only or Part), shards=_shards(shards) if shards else None)
    if share.is_all:
        return share
    if settings.database.startswith("sqlite"):
        raise ShareError(
            "--only and --shards share the work among processes, and an SQLite file is for one. "
            "Set NEWSBOT_DATABASE_URL to a PostgreSQL database, or leave them out."
        )
    if share.shards and Part.DISCORD not in share.parts:
        raise ShareError("--shards is for Discord. Add --only discord, or leave --shards out.")
    if only:
        _check(share, settings)
    return share


def _check(share: Share, settings: Settings) -> None:
    """What was named has to be possible."""
    if Part.WEB in share.parts and settings.web_port is None:
        raise ShareError("--only web needs a port to listen at. Set NEWSBOT_WEB_PORT.")
    if settings.is_live:
        for part, token in ((Part.DISCORD, settings.discord_token), (Part.TELEGRAM, settings.telegram_token)):
            if part in share.parts and not token:
                raise ShareError(f"--only {part} needs a token. Set NEWSBOT_{part.upper()}_TOKEN.")


def _shards(told: str) -> Shards:
    found = _SHARDS.fullmatch(told)
    if found:
        first, last, count = int(found[1]), int(found[2] or found[1]), int(found[3])
        if first <= last < count:
            return Shards(first=first, last=last, count=count)
    raise ShareError(f"--shards {told}: expected the first shard, the last and how many there are, such as 0-3/16.")
