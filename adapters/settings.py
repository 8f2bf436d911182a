"""What an operator can set: the one place that reads the environment."""

import difflib
import os
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, NoDecode, SettingsConfigDict

PREFIX = "NEWSBOT_"
_ROOT = Path(__file__).resolve().parent.parent
_ENV_FILE = ".env"
_USUAL_POSTGRESQL = re.compile(r"^postgres(?:ql)?://")
"""As everybody but SQLAlchemy writes it."""
_DATABASE = re.compile(r"sqlite\+aiosqlite:///(?!:memory:)[^?]+|postgresql\+asyncpg://.*[^/]/.+")
_PUBLIC = re.compile(r"(?:https://|http://(?:127\.0\.0\.1|localhost|\[::1\])[:/])[^\s?#]+")
"""Plain http is for this machine alone, where the sandbox is."""
_PLACE = re.compile(r"(?:discord|telegram):-?[0-9]{1,20}")
Port = Annotated[int, Field(ge=0, le=65535)]


class SettingsError(Exception):
    """A setting is wrong; each line of ``str(error)`` names one, what it is and what was expected."""


def _address(*schemes: str) -> AfterValidator:
    def check(value: str | None) -> str | None:
        if value and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError(f"an address that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return value

    return AfterValidator(check)


class Settings(BaseSettings):
    """All settings, by their names in the environment without the prefix NEWSBOT_. A file .env is read too."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=_ENV_FILE,
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
        frozen=True,
    )

    home: Path = Field(Path("data"), description="the directory that holds all state")
    database_url: Annotated[
        str | None, Field(description="the database; empty: SQLite in the home directory", repr=False)
    ] = None
    discord_token: SecretStr | None = Field(None, description="the bot's token from Discord's developer portal")
    telegram_token: SecretStr | None = Field(None, description="the bot's token from @BotFather")
    discord_api_url: Annotated[
        str | None, _address("http", "https"), Field(description="a REST proxy in place of Discord's API")
    ] = None
    discord_gateway_url: Annotated[
        str | None, _address("ws", "wss"), Field(description="a gateway in place of Discord's")
    ] = None
    telegram_api_url: Annotated[
        str | None, _address("http", "https"), Field(description="a self-hosted Bot API server, up to and with /bot")
    ] = None
    fetch_allow: Annotated[
        tuple[IPv4Network | IPv6Network, ...],
        NoDecode,
        Field(description="private networks that feeds may be read from (then every 15 seconds), with commas between"),
    ] = ()
    editors: Annotated[
        tuple[str, ...],
        NoDecode,
        Field(
            description="places whose managers may part and join stories, with commas between; unset, all they show in"
        ),
    ] = ()
    read_interval: Annotated[
        Annotated[float, Field(ge=10, le=86_400)] | None,
        Field(description="seconds between two readings of a feed added from now on; unset, each at its own pace"),
    ] = None
    refresh_delay: Annotated[
        float, Field(ge=0, le=300, description="seconds in which opinions are gathered before posts are edited")
    ] = 10
    opinion_invites: bool = Field(
        False,  # pydantic's own order
        description="whether opinions may hold invitations to other chats, and links of shorteners",
    )
    keep_articles_days: Annotated[
        float, Field(ge=1, le=36_500, description="days after which stories and all that was said of them are deleted")
    ] = 90
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], Field(description="how much is logged to standard error")
    ] = "INFO"
    seeds: Path = Field(_ROOT / "seeds", description="the directory with topics.toml, pages/ and demo/")
    web_host: str = Field("127.0.0.1", description="where /healthz and /metrics are served, and what others push to us")
    web_port: Annotated[
        Port | None, Field(description="its port, such as 8090; 0 takes a free one; unset, nothing is served")
    ] = None
    public_url: Annotated[
        str | None, Field(description="the https address under which the world reaches that port, for what is pushed")
    ] = None
    telegram_updates: Annotated[
        Literal["polling", "webhook"],
        Field(description="whether to ask Telegram for news of chats, or to have them pushed to NEWSBOT_PUBLIC_URL"),
    ] = "polling"
    telegram_paid_broadcast: bool = Field(
        False,  # pydantic's own order
        description="send up to 1,000 posts a second instead of 30; Telegram takes 0.1 Star for each beyond 30",
    )
    sandbox_host: str = Field("127.0.0.1", description="where the sandbox listens")
    sandbox_port: Port = Field(8080, description="the port of the sandbox's page; 0 takes a free one")
    sandbox_discord_port: Port = Field(8081, description="the port of the sandbox's Discord")
    sandbox_telegram_port: Port = Field(8082, description="the port of the sandbox's Telegram")
    sandbox_rates: bool = Field(True, description="whether the sandbox enforces the platforms' rate limits")

    @field_validator("fetch_allow", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
        except ValueError as error:
            raise ValueError("networks such as 10.0.0.0/8 or ::1/128, with commas between") from error

    @field_validator("editors", mode="before")
    @classmethod
    def _places(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        places = tuple(part.strip() for part in value.split(",") if part.strip())
        if not all(map(_PLACE.fullmatch, places)):
            raise ValueError("places such as discord:123 or telegram:-100123, with commas between")
        return places

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str | None) -> str | None:
        named = value and _USUAL_POSTGRESQL.sub("postgresql+asyncpg://", value)
        if named and not _DATABASE.fullmatch(named):
            raise ValueError("sqlite+aiosqlite:///path or postgresql+asyncpg://user:password@host/name")
        return named

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and not _PUBLIC.fullmatch(value):
            raise ValueError("an address that begins with https:// and has no question mark in it")
        if value and info.data.get("web_port") is None:
            raise ValueError("NEWSBOT_WEB_PORT to be set too: that is where the address has to lead")
        return value

    @field_validator("telegram_updates")
    @classmethod
    def _pushed(cls, value: str, info: ValidationInfo) -> str:
        if value == "webhook" and not info.data.get("public_url"):
            raise ValueError("NEWSBOT_PUBLIC_URL to be set too, or polling")
        return value

    @field_validator("discord_token", "telegram_token")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        if value and (any(character.isspace() for character in value.get_secret_value())):
            raise ValueError("a token without spaces or line ends")
        return value

    @property
    def database(self) -> str:
        """The database's address, whether set or not."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.home / 'newsbot.db').resolve()}"

    @property
    def is_live(self) -> bool:
        """Whether a real platform is to be used."""
        return bool(self.discord_token or self.telegram_token)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be logged."""
        return tuple(token.get_secret_value() for token in (self.discord_token, self.telegram_token) if token)


def read_settings() -> Settings:
    """The settings from the environment. Raises SettingsError that names what is wrong and what was expected."""
    try:
        return Settings()  # type: ignore[call-arg]  # every field comes from the environment or has a default
    except ValidationError as error:
        lines = [f"{PREFIX}{str(one['loc'][0]).upper()}: {_expected(one['msg'])}" for one in error.errors()]
        raise SettingsError("\n".join(dict.fromkeys(lines))) from None
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"The file {_ENV_FILE}: expected text in UTF-8 that can be read") from None


def unknown_settings() -> list[str]:
    """A sentence for each name, set or in .env, that looks like a setting and is none, so that a slip is noticed."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    sentences = []
    in_file = (name.upper() for name in DotEnvSettingsSource(Settings).env_vars)
    for name in sorted({*os.environ, *in_file}):  # noqa: TID251  # the one place that reads the environment
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            sentences.append(f"{name} is no setting." + (f" Did you mean {near[0]}?" if near else ""))
    return sentences


def _expected(message: str) -> str:
    told = message.removeprefix("Value error, ")
    return told if told.startswith(("Input ", "String ")) else f"expected {told}"
