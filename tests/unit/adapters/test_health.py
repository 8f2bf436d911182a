"""A running bot's sign of life says whether it gets on, and if not, why."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.machine.health import read_health, write_health
from bot.ports.progress import Progress
from tests.builders import NOON


def written(home: Path, *, loops: dict[str, datetime] | None = None, **progress: object) -> Path:
    named = {"platforms": frozenset({"discord", "telegram"}), **progress}
    told = Progress(loops=loops or {"sources": NOON}, **named)  # type: ignore[arg-type]  # fields by name
    write_health(home, told, NOON)
    return home


def test_before_any_run_there_is_nothing_to_say(tmp_path: Path) -> None:
    is_well, sentence = read_health(tmp_path, NOON)
    assert not is_well
    assert "No bot has run" in sentence
    assert str(tmp_path) in sentence, "whoever looks in the wrong place sees where"


def test_whoever_asks_about_another_part_is_told_which_ones_ran(tmp_path: Path) -> None:
    for part in ("", "discord-telegram"):
        write_health(tmp_path, Progress(loops={}, platforms=frozenset()), NOON, part=part)
    is_well, sentence = read_health(tmp_path, NOON, part="web")
    assert not is_well
    assert sentence.endswith("what has: newsbot health, newsbot health --only discord --only telegram.")


def test_a_bot_that_gets_on_says_where(tmp_path: Path) -> None:
    written(tmp_path, connected={"telegram", "discord"})
    assert read_health(tmp_path, NOON + timedelta(seconds=59)) == (True, "All is well on discord and telegram.")


def test_a_platform_that_refused_is_named_while_the_other_is_well(tmp_path: Path) -> None:
    written(tmp_path, connected={"discord"}, refused={"telegram": "Telegram does not know this token."})
    assert read_health(tmp_path, NOON) == (True, "All is well on discord. Telegram does not know this token.")


def test_no_sign_for_a_minute_is_not_well(tmp_path: Path) -> None:
    written(tmp_path, connected={"discord"})
    is_well, sentence = read_health(tmp_path, NOON + timedelta(seconds=61))
    assert not is_well
    assert NOON.isoformat() in sentence


def test_a_loop_that_has_not_moved_for_five_minutes_is_named(tmp_path: Path) -> None:
    stuck = {"sources": NOON - timedelta(minutes=6), "deliveries": NOON - timedelta(minutes=4)}
    written(tmp_path, connected={"discord"}, loops=stuck)
    assert read_health(tmp_path, NOON) == (False, "Stuck for more than five minutes: sources.")


def test_a_bot_without_a_platform_is_not_well_yet(tmp_path: Path) -> None:
    assert read_health(written(tmp_path), NOON) == (False, "The bot runs but no platform is connected yet.")


@pytest.mark.parametrize("content", ["", "nonsense", "[]", "{}", '{"at": 7}', '{"at": "2026-03-14T12:00:00"}', "\xff"])
def test_a_damaged_sign_is_no_sign_and_no_stack_trace(tmp_path: Path, content: str) -> None:
    (tmp_path / "health.json").write_text(content, encoding="latin-1")
    is_well, sentence = read_health(tmp_path, NOON)
    assert not is_well
    assert "damaged" in sentence


def test_a_new_sign_takes_the_old_one_s_place_whole(tmp_path: Path) -> None:
    written(tmp_path, connected={"discord"})
    written(tmp_path, connected={"telegram"})
    assert [file.name for file in tmp_path.iterdir()] == ["health.json"]
    assert json.loads((tmp_path / "health.json").read_text())["connected"] == ["telegram"]


def test_a_platform_that_fell_silent_is_named_while_another_answers(tmp_path: Path) -> None:
    silent = NOON - timedelta(minutes=6)
    written(tmp_path, connected={"discord", "telegram"}, loops={"discord": silent, "telegram": NOON, "sources": NOON})
    assert read_health(tmp_path, NOON) == (
        True,
        f"All is well on telegram. Discord has not answered since {silent.isoformat()}.",
    )


def test_when_no_platform_answers_nothing_is_well(tmp_path: Path) -> None:
    silent = NOON - timedelta(minutes=6)
    written(tmp_path, connected={"discord"}, loops={"discord": silent})
    assert read_health(tmp_path, NOON) == (False, f"Discord has not answered since {silent.isoformat()}.")


def test_what_keeps_a_platform_from_its_work_is_said(tmp_path: Path) -> None:
    other = "Another program polls with this bot's token; stop one of the two."
    written(tmp_path, connected={"telegram"}, troubles={"telegram": other})
    assert read_health(tmp_path, NOON) == (True, f"All is well on telegram. {other}")


def test_a_process_that_stands_by_is_well(tmp_path: Path) -> None:
    written(tmp_path, standing_by={"discord", "telegram", "pages"})
    assert read_health(tmp_path, NOON) == (True, "Standing by for discord and telegram.")


def test_a_process_that_serves_no_platform_is_well_without_one(tmp_path: Path) -> None:
    written(tmp_path, platforms=frozenset())
    assert read_health(tmp_path, NOON) == (True, "All is well.")


def test_each_part_s_process_has_a_sign_of_its_own(tmp_path: Path) -> None:
    written(tmp_path, connected={"discord"})
    write_health(tmp_path, Progress(), NOON, part="sources")
    assert read_health(tmp_path, NOON) == (True, "All is well on discord.")
    assert read_health(tmp_path, NOON, part="sources") == (True, "All is well.")
    assert not read_health(tmp_path, NOON, part="telegram")[0]
