"""Settings are read from the environment and .env; a wrong one is named with what was expected, and no secret shows."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.settings import Settings, SettingsError, read_settings, unknown_settings
from tests.canaries import DISCORD_CANARY, PASSWORD_CANARY, TELEGRAM_CANARY, without_settings

TOKENS = {"NEWSBOT_DISCORD_TOKEN": DISCORD_CANARY, "NEWSBOT_TELEGRAM_TOKEN": TELEGRAM_CANARY}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory without a .env, and an environment without settings."""
    without_settings(monkeypatch)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings_of(monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str]) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def test_with_nothing_set_the_sandbox_is_used_and_all_state_lies_in_one_directory(elsewhere: Path) -> None:
    settings = read_settings()
    assert not settings.is_live
    assert settings.database == f"sqlite+aiosqlite:///{elsewhere}/data/newsbot.db"
    assert settings.secrets == ()


def test_an_empty_value_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(monkeypatch, {"NEWSBOT_DISCORD_TOKEN": "", "NEWSBOT_SANDBOX_PORT": ""})
    assert not settings.is_live
    assert settings.sandbox_port == 8080


def test_a_token_makes_it_live(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(monkeypatch, {"NEWSBOT_TELEGRAM_TOKEN": TELEGRAM_CANARY})
    assert settings.is_live
    assert settings.secrets == (TELEGRAM_CANARY,)


def test_networks_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(
        monkeypatch, {"NEWSBOT_FETCH_ALLOW": "10.0.0.0/8, ::1/128,", "NEWSBOT_EDITORS": "discord:12, telegram:-100,"}
    )
    assert settings.editors == ("discord:12", "telegram:-100")
    assert [str(network) for network in settings.fetch_allow] == ["10.0.0.0/8", "::1/128"]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SANDBOX_PORT", "http", "valid integer"),
        ("SANDBOX_PORT", "70000", "less than or equal to 65535"),
        ("SANDBOX_PORT", "-1", "greater than or equal to 0"),
        ("SANDBOX_DISCORD_PORT", "8081.5", "valid integer"),
        ("READ_INTERVAL", "1", "greater than or equal to 10"),
        ("READ_INTERVAL", "soon", "valid number"),
        ("READ_INTERVAL", "nan", "less than or equal to 86400"),
        ("WEB_PORT", "http", "valid integer"),
        ("PUBLIC_URL", "https://news.example", "NEWSBOT_WEB_PORT to be set too"),
        ("PUBLIC_URL", "http://news.example", "expected an address that begins with https://"),
        ("PUBLIC_URL", "https://news.example/?bot", "expected an address that begins with https://"),
        ("TELEGRAM_UPDATES", "webhook", "NEWSBOT_PUBLIC_URL to be set too"),
        ("TELEGRAM_UPDATES", "smoke", "'polling' or 'webhook'"),
        ("REFRESH_DELAY", "301", "less than or equal to 300"),
        ("LOG_LEVEL", "LOUD", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("SANDBOX_RATES", "perhaps", "valid boolean"),
        ("FETCH_ALLOW", "10.0.0.1/8", "expected networks such as 10.0.0.0/8"),
        ("FETCH_ALLOW", "home", "expected networks such as 10.0.0.0/8"),
        ("EDITORS", "discord:1, 100123", "expected places such as discord:123"),
        ("DATABASE_URL", "mysql://user:pass@host/name", "expected sqlite+aiosqlite:///path or postgresql+asyncpg://"),
        ("DATABASE_URL", "newsbot.db", "expected sqlite+aiosqlite:///path"),
        ("DATABASE_URL", "sqlite+aiosqlite://", "expected sqlite+aiosqlite:///path"),
        ("DATABASE_URL", "sqlite+aiosqlite:///:memory:", "expected sqlite+aiosqlite:///path"),
        ("DATABASE_URL", "postgresql+asyncpg://host", "expected sqlite+aiosqlite:///path"),
        ("DISCORD_TOKEN", "two words", "expected a token without spaces"),
        ("TELEGRAM_TOKEN", "a\nb", "expected a token without spaces"),
        ("DISCORD_API_URL", "discord.example", "expected an address that begins with http:// or https://"),
        ("DISCORD_GATEWAY_URL", "https://gateway.example", "expected an address that begins with ws:// or wss://"),
        ("TELEGRAM_API_URL", "ftp://api.example", "expected an address that begins with http:// or https://"),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_of(monkeypatch, {f"NEWSBOT_{name}": value})
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"NEWSBOT_{name}: ")
    assert expected in line


def test_several_wrong_settings_are_all_named_one_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"NEWSBOT_SANDBOX_PORT": "x", "NEWSBOT_LOG_LEVEL": "x", "NEWSBOT_DATABASE_URL": "x"}
    with pytest.raises(SettingsError) as caught:
        settings_of(monkeypatch, wrong)
    assert {line.partition(":")[0] for line in str(caught.value).splitlines()} == set(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"NEWSBOT_SANDBOX_PORT": "x"},
        {"NEWSBOT_DISCORD_TOKEN": DISCORD_CANARY + " ", "NEWSBOT_TELEGRAM_TOKEN": TELEGRAM_CANARY + "\n"},
        {"NEWSBOT_DATABASE_URL": f"mysql://newsbot:{PASSWORD_CANARY}@db.example/news"},
        {"NEWSBOT_SANDBOX_PORT": TELEGRAM_CANARY, "NEWSBOT_LOG_LEVEL": DISCORD_CANARY},
        {"NEWSBOT_DISCORD_API_URL": DISCORD_CANARY, "NEWSBOT_FETCH_ALLOW": TELEGRAM_CANARY},
    ],
)
def test_no_error_repeats_what_was_set_nor_carries_it_along(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]
) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_of(monkeypatch, {**TOKENS, **wrong})
    told = f"{caught.value}{caught.value!r}{caught.value.__cause__}"
    assert caught.value.__suppress_context__
    for secret in (DISCORD_CANARY, TELEGRAM_CANARY, PASSWORD_CANARY):
        assert secret not in told


@pytest.mark.parametrize("shown", [str, repr, lambda settings: repr(settings.model_dump())])
def test_settings_can_be_printed_without_showing_a_secret(monkeypatch: pytest.MonkeyPatch, shown: object) -> None:
    assert callable(shown)
    told = shown(settings_of(monkeypatch, TOKENS))
    assert DISCORD_CANARY not in told
    assert TELEGRAM_CANARY not in told


def test_settings_can_be_printed_without_showing_the_database_s_password(monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"postgresql+asyncpg://newsbot:{PASSWORD_CANARY}@db.example/news"
    settings = settings_of(monkeypatch, {"NEWSBOT_DATABASE_URL": address})
    assert settings.database == address
    assert PASSWORD_CANARY not in f"{settings}{settings!r}"


def test_a_file_env_is_read_and_the_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch, elsewhere: Path
) -> None:
    (elsewhere / ".env").write_text(f"NEWSBOT_DISCORD_TOKEN={DISCORD_CANARY}\nNEWSBOT_SANDBOX_PORT=1\nOTHER=x\n")
    settings = settings_of(monkeypatch, {"NEWSBOT_SANDBOX_PORT": "2"})
    assert settings.secrets == (DISCORD_CANARY,)
    assert settings.sandbox_port == 2


def test_a_file_env_that_is_not_text_is_a_wrong_setting(elsewhere: Path) -> None:
    (elsewhere / ".env").write_bytes(b"\xff\xfe\x00NEWSBOT")
    with pytest.raises(SettingsError, match=r"\.env: expected text in UTF-8"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("NEWSBOT_DISCORD_TOKN", "NEWSBOT_DISCORD_TOKN is no setting. Did you mean NEWSBOT_DISCORD_TOKEN?"),
        ("NEWSBOT_HOMES", "NEWSBOT_HOMES is no setting. Did you mean NEWSBOT_HOME?"),
        ("NEWSBOT_XXXXXXXXXXXXXXXXX", "NEWSBOT_XXXXXXXXXXXXXXXXX is no setting."),
    ],
)
@pytest.mark.parametrize("where", ["environment", "file"])
def test_a_slip_in_a_name_is_noticed_with_the_nearest_that_there_is(
    monkeypatch: pytest.MonkeyPatch, elsewhere: Path, name: str, sentence: str, where: str
) -> None:
    if where == "file":
        (elsewhere / ".env").write_text(f"{name}=x\n")
    else:
        monkeypatch.setenv(name, "x")
    assert unknown_settings() == [sentence]


def test_known_names_and_other_programs_names_are_no_slip(monkeypatch: pytest.MonkeyPatch, elsewhere: Path) -> None:
    monkeypatch.setenv("NEWSBOT_HOME", "x")
    monkeypatch.setenv("NEWS", "x")
    (elsewhere / ".env").write_text("NEWSBOT_LOG_LEVEL=DEBUG\nPOSTGRES_PASSWORD=x\n")
    assert unknown_settings() == []


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_a_postgresql_address_as_it_is_written_everywhere_else_is_taken(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    settings = settings_of(monkeypatch, {"NEWSBOT_DATABASE_URL": f"{scheme}://newsbot@db.example/news"})
    assert settings.database == "postgresql+asyncpg://newsbot@db.example/news"
