"""Whether the bot gets on: one judgement, and the file by which ``newsbot health`` learns of it from a running bot."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.ports.progress import Progress

_TOO_OLD = timedelta(minutes=1)
_STUCK = timedelta(minutes=5)


def told(progress: Progress, now: datetime) -> dict[str, Any]:
    """The progress as JSON has it; times in ISO 8601."""
    return {
        "at": now.isoformat(),
        "platforms": sorted(progress.platforms),
        "connected": sorted(progress.connected),
        "held": dict(progress.held),
        "standing_by": sorted(progress.standing_by),
        "refused": dict(progress.refused),
        "troubles": dict(progress.troubles),
        "loops": {name: at.isoformat() for name, at in sorted(progress.loops.items())},
    }


def judged(told: Mapping[str, Any], now: datetime) -> tuple[bool, str]:
    """Whether all is well by what was told, and a sentence.

    Not well are: no sign for a minute, a loop that stands still for five, and no platform that answers. One that does
    not, while another does, is named. Raises what a lookup in damaged words raises.
    """
    if now - datetime.fromisoformat(told["at"]) > _TOO_OLD:
        return False, f"The bot gave no sign since {told['at']}."
    connected = set(told["connected"])
    still = {name: at for name, at in told["loops"].items() if now - datetime.fromisoformat(at) > _STUCK}
    stuck = [name for name in still if name not in connected]
    if stuck:
        return False, f"Stuck for more than five minutes: {', '.join(stuck)}."
    if not connected and set(told["platforms"]) <= set(told["standing_by"]):
        standing_by = f"Standing by for {' and '.join(told['platforms'])}." if told["platforms"] else "All is well."
        return True, _joined(standing_by, *told["troubles"].values())
    if not connected:
        return False, _joined("The bot runs but no platform is connected yet.", *told["troubles"].values())
    silent = [f"{name.title()} has not answered since {at}." for name, at in still.items()]
    besides = (*silent, *told["refused"].values(), *told["troubles"].values())
    answering = sorted(connected - set(still))
    if not answering:
        return False, _joined(*besides)
    return True, _joined(f"All is well on {' and '.join(answering)}.", *besides)


def write_health(home: Path, progress: Progress, now: datetime, *, part: str = "") -> None:
    """Note the progress; a reader never sees half of it. ``part`` names a process that is not the whole bot."""
    file = _file(home, part)
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(told(progress, now)), encoding="utf-8")
    fresh.replace(file)


def read_health(home: Path, now: datetime, *, part: str = "") -> tuple[bool, str]:
    """Whether the bot, or that part of it, that runs in that directory is well, and a sentence."""
    file = _file(home, part)
    try:
        return judged(json.loads(file.read_text(encoding="utf-8")), now)
    except OSError:
        return False, _never_ran(home)
    except (ValueError, TypeError, LookupError, AttributeError):
        return False, f"{file} is damaged. A running bot writes it anew every few seconds."


def _never_ran(home: Path) -> str:
    ran = [file.stem.split("-")[1:] for file in sorted(home.glob("health*.json"), key=lambda file: file.stem)]
    if not ran:
        return f"No bot has run in {home} yet."
    asked = (" ".join(("newsbot health", *(f"--only {part}" for part in parts))) for parts in ran)
    return f"That has not run in {home} yet. Ask about what has: {', '.join(asked)}."


def _file(home: Path, part: str) -> Path:
    return home / (f"health-{part}.json" if part else "health.json")


def _joined(*sentences: str) -> str:
    return " ".join(sentences)
