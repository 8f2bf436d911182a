"""What all parts of this server share."""

from dataclasses import dataclass

from adapters.sandbox.contract import Ground
from adapters.sandbox.discord.archive import Archive
from adapters.sandbox.discord.board import Board
from adapters.sandbox.discord.gateway import Gateway
from adapters.sandbox.discord.interactions import Interactions
from adapters.sandbox.discord.limits import RateBook


@dataclass(slots=True, kw_only=True)
class House:
    """``address`` is ``http://host:port`` once the server is bound."""

    ground: Ground
    archive: Archive
    board: Board
    gateway: Gateway
    interactions: Interactions
    rates: RateBook
    address: str = ""
