"""How a process reaches the platforms: live, or in the sandbox."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from adapters.discord.platform import DiscordOptions
from adapters.sandbox.contract import DISCORD_TOKEN, TELEGRAM_TOKEN
from adapters.sandbox.options import Addresses
from adapters.settings import Settings
from adapters.share import Part, Share
from adapters.telegram.platform import TelegramOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Wires:
    """How this process reaches each platform; None leaves a platform out."""

    discord: DiscordOptions | None
    telegram: TelegramOptions | None


def live_wires(settings: Settings) -> Wires:
    """The platforms for which a token is set, at their own addresses or at those that are set."""
    discord, telegram = settings.discord_token, settings.telegram_token
    return Wires(
        discord=DiscordOptions(
            token=discord.get_secret_value(),
            api_url=_with_path(settings.discord_api_url, "/api/v10"),
            gateway_url=settings.discord_gateway_url,
        )
        if discord
        else None,
        telegram=TelegramOptions(
            token=telegram.get_secret_value(),
            api_url=_with_path(settings.telegram_api_url, "/bot"),
            pays=settings.telegram_paid_broadcast,
        )
        if telegram
        else None,
    )


def sandbox_wires(addresses: Addresses, settings: Settings) -> Wires:
    """Both platforms in the sandbox; where it keeps no rate limits, we need keep none."""
    rates, pays = settings.sandbox_rates, settings.telegram_paid_broadcast
    return Wires(
        discord=DiscordOptions(
            token=DISCORD_TOKEN, api_url=addresses.discord_api, gateway_url=addresses.discord_gateway, rates=rates
        ),
        telegram=TelegramOptions(token=TELEGRAM_TOKEN, api_url=addresses.telegram_api, rates=rates, pays=pays),
    )


def wires_of(share: Share, wires: Wires) -> Wires:
    """Those that a process with this share of the work uses."""
    discord = wires.discord if Part.DISCORD in share.parts else None
    return Wires(
        discord=replace(discord, shards=share.shards) if discord else None,
        telegram=wires.telegram if Part.TELEGRAM in share.parts else None,
    )


def _with_path(address: str | None, path: str) -> str | None:
    """An address given without any path gets the usual one."""
    return address.rstrip("/") + path if address and not urlsplit(address).path.strip("/") else address
