"""How every command begins and ends: the settings it has, and what it says to the person who typed it."""

import asyncio
import json
import logging
import sys
from collections.abc import Coroutine, Iterable
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from adapters.machine.logs import set_up_logs
from adapters.settings import Settings, SettingsError, read_settings, unknown_settings

WRONG_SETTINGS_CODE = 2
_INTERRUPTED = 130
_Result = TypeVar("_Result")

AsJson = Annotated[bool, typer.Option("--json", help="Say it as JSON, for programs.")]
"""The option of every command that tells something."""


def checked_settings() -> Settings:
    """The settings; a wrong one ends the process with 2, and the log never shows a token."""
    try:
        settings = read_settings()
    except SettingsError as error:
        complain(f"Wrong settings, nothing was started:\n{error}")
        raise typer.Exit(WRONG_SETTINGS_CODE) from None
    set_up_logs(settings.log_level, settings.secrets)
    for sentence in unknown_settings():
        logging.getLogger("newsbot").warning(sentence)
    return settings


def finished(work: Coroutine[Any, Any, _Result]) -> _Result:
    """What came of it.

    What a person can be told ends with a sentence and 1, or 2 where a setting is wrong; an error of ours with a trace.
    """
    from adapters.errors import TOLD, WRONG_SETTINGS, with_remedy
    from bot.domain.source import Trouble
    from bot.ports.reading import ReadingError

    try:
        return asyncio.run(work)
    except WRONG_SETTINGS as error:
        complain(str(error))
        raise typer.Exit(WRONG_SETTINGS_CODE) from None
    except ReadingError as error:
        fail(with_remedy(Trouble(kind=error.kind, message=str(error))))
    except TOLD as error:
        fail(str(error))
    except KeyboardInterrupt:
        complain("Interrupted. What was stored until now stays.")
        raise typer.Exit(_INTERRUPTED) from None
    except Exception:
        logging.getLogger("newsbot").exception("unexpected error")
        fail("This is an error in newsbot itself; the lines above say where. Nothing was stored half.")


def say(line: str) -> None:
    """What the command is for."""
    print(line, flush=True)  # noqa: T201  # the one place that speaks


def say_all(lines: Iterable[str]) -> None:
    """What the command is for, when that is more."""
    for line in lines:
        say(line)


def say_json(told: object) -> None:
    """The same for programs."""
    say(json.dumps(told, ensure_ascii=False, indent=2))


def complain(line: str, *, end: str = "\n") -> None:
    """What stands in the way, and what goes on meanwhile."""
    print(line, file=sys.stderr, flush=True, end=end)  # noqa: T201  # the one place that speaks


def fail(sentence: str) -> NoReturn:
    """End with 1."""
    complain(sentence)
    raise typer.Exit(1)
