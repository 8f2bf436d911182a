"""What our Compose files start is what there is, in both files the same."""

from pathlib import Path
from typing import Any

import pytest

from adapters.cli import app
from adapters.settings import PREFIX, Settings
from adapters.share import Part, share_of
from tests.yaml_subset import NotOursError, load

ROOT = Path(__file__).parents[2]
FILES = ("compose.yaml", "compose.many.yaml")
ALONE, MANY = (load((ROOT / name).read_text(encoding="utf-8")) for name in FILES)
PARTS = {name: service for name, service in MANY["services"].items() if name != "postgres"}


def _only(words: list[str]) -> list[Part]:
    """The parts that a command line names, which holds nothing else after its first word."""
    assert words[1::2] == ["--only"] * (len(words) // 2)
    return [Part(word) for word in words[2::2]]


def _settings(environment: dict[str, str]) -> Settings:
    """As in a container, whose ``.env`` holds both tokens."""
    told = {name.removeprefix(PREFIX).lower(): value for name, value in environment.items()}
    assert set(told) <= set(Settings.model_fields)
    database = told.pop("database_url").replace("${POSTGRES_PASSWORD:?set it in .env}", "secret")
    return Settings(
        _env_file=None,  # type: ignore[call-arg]  # pydantic-settings' own
        database_url=database,
        discord_token="x",  # type: ignore[arg-type]  # pydantic makes a secret of it
        telegram_token="y",  # type: ignore[arg-type]  # the same
        **told,  # type: ignore[arg-type]  # texts, as an environment has them
    )


@pytest.mark.parametrize("part", Part)
def test_each_part_is_a_service_that_can_start_and_is_asked_about_itself(part: Part) -> None:
    service = PARTS[part.value]
    command, health = service["command"], service["healthcheck"]["test"]
    share = share_of(_only(command), None, _settings(service["environment"]))
    assert share.parts == {part}
    assert health[:2] == ["CMD", "newsbot"]
    assert _only(health[2:]) == [part]
    assert {command[0], health[2]} <= {
        one.name or getattr(one.callback, "__name__", "") for one in app.registered_commands
    }


def test_there_is_a_service_for_each_part_and_no_other() -> None:
    assert set(PARTS) == {part.value for part in Part}


def test_both_files_have_the_same_database_and_networks() -> None:
    assert MANY["services"]["postgres"] == ALONE["services"]["postgres"]
    assert MANY["networks"] == ALONE["networks"]
    assert MANY["volumes"]["database"] == ALONE["volumes"]["database"]


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_locked_in_as_the_whole_is(name: str) -> None:
    whole, part = ALONE["services"]["newsbot"], PARTS[name]
    its_own = {"volumes", "tmpfs", "environment", "command", "healthcheck", "ports"}
    assert _without(part, its_own) == _without(whole, its_own)
    assert whole["environment"].items() <= part["environment"].items()
    assert any(mount.startswith("/data:") for mount in part["tmpfs"]), "nothing else is to be written"


def test_what_is_served_is_served_to_this_machine_alone() -> None:
    web = PARTS["web"]
    port = web["environment"]["NEWSBOT_WEB_PORT"]
    assert web["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert not any("ports" in service for name, service in PARTS.items() if name != "web")


def test_the_readme_names_both() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "docker compose up" in readme
    assert f"docker compose --file {FILES[1]} up --detach --scale sources=" in readme


@pytest.mark.parametrize(
    "text", ["a: 1\na: 2", "a:", "a: [1", "a: [1] 2", "- 1", "a:\n  b: 1\n c: 2", "a: {b: }", "\ta: 1"]
)
def test_what_is_not_written_as_ours_is_refused(text: str) -> None:
    with pytest.raises(NotOursError):
        load(text)


def _without(service: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in service.items() if name not in names}
