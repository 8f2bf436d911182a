"""Whether the bot gets on: a file that a running bot writes and ``newsbot health`` reads."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.runtime import Progress

_FILE = "health.json"
_TOO_OLD = timedelta(minutes=1)
_STUCK = timedelta(minutes=5)


def write_health(home: Path, progress: Progress, now: datetime) -> None:
    """Note the progress; a reader never sees half of it."""
    told = {
        "at": now.isoformat(),
        "connected": sorted(progress.connected),
        "refused": progress.refused,
        "loops": {name: at.isoformat() for name, at in progress.loops.items()},
    }
    fresh = home / f"{_FILE}.new"
    fresh.write_text(json.dumps(told), encoding="utf-8")
    fresh.replace(home / _FILE)


def read_health(home: Path, now: datetime) -> tuple[bool, str]:
    """Whether all is well, and a sentence: no sign for a minute, no platform, or a loop stuck for five are not well."""
    try:
        told = json.loads((home / _FILE).read_text(encoding="utf-8"))
        return _judged(told, now)
    except OSError:
        return False, f"No bot has run in {home} yet."
    except (ValueError, TypeError, LookupError, AttributeError):
        return False, f"{home / _FILE} is damaged. A running bot writes it anew every few seconds."


def _judged(told: Mapping[str, Any], now: datetime) -> tuple[bool, str]:
    if now - datetime.fromisoformat(told["at"]) > _TOO_OLD:
        return False, f"The bot gave no sign since {told['at']}."
    stuck = [name for name, at in told["loops"].items() if now - datetime.fromisoformat(at) > _STUCK]
    if stuck:
        return False, f"Stuck for more than five minutes: {', '.join(stuck)}."
    if not told["connected"]:
        return False, "The bot runs but no platform is connected yet."
    refused = "".join(f" {reason}" for reason in told["refused"].values())
    return True, f"All is well on {' and '.join(told['connected'])}.{refused}"
