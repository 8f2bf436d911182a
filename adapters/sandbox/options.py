"""What a sandbox is started with, and where it then listens."""

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path

from adapters.sandbox.contract import Strictness


class CannotOpenError(Exception):
    """The sandbox cannot start as it was asked to; the text is for the operator and says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """How to start a sandbox.

    A port of 0 takes any free one. ``home`` keeps chats and ledger (sandbox.db) and, while it runs, the addresses
    (sandbox.json); None keeps nothing. ``demo_dir`` holds the newspaper's articles, one published every
    ``demo_every_s`` seconds; None or 0 for none.
    """

    host: str = "127.0.0.1"
    page_port: int = 8080
    discord_port: int = 8081
    telegram_port: int = 8082
    home: Path | None = None
    strictness: Strictness = field(default_factory=Strictness)
    demo_dir: Path | None = None
    demo_every_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where a person and a bot find a running sandbox.

    ``telegram_api`` ends in /bot, as python-telegram-bot's ``base_url`` wants it.
    """

    page: str
    discord_api: str
    discord_gateway: str
    telegram_api: str
    newspaper_feed: str

    @classmethod
    def at(cls, *, page: str, discord: str, telegram: str) -> "Addresses":
        """From the three ``host:port``."""
        return cls(
            page=f"http://{page}",
            discord_api=f"http://{discord}/api/v10",
            discord_gateway=f"ws://{discord}",
            telegram_api=f"http://{telegram}/bot",
            newspaper_feed=f"http://{page}/newspaper/feed.xml",
        )

    def as_json(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Addresses":
        """What ``as_json`` wrote. Raises ValueError for anything else."""
        try:
            return cls(**json.loads(text))
        except TypeError as error:
            raise ValueError(f"These are not a sandbox's addresses: {text[:80]!r}") from error
