"""The command line: every command's words, and how it ends."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from adapters.machine.garbage import loaded_for_good
from adapters.machine.logs import set_up_logs
from adapters.settings import Settings, SettingsError, read_settings, unknown_settings

_WRONG_SETTINGS = 2

app = typer.Typer(
    help="A news bot for Discord and Telegram. Settings come from NEWSBOT_… variables; see README.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
source_app = typer.Typer(help="The feeds that are read.", no_args_is_help=True)
app.add_typer(source_app, name="source")


def main() -> None:
    """Entry point of ``newsbot``."""
    app()


@app.command()
def run(
    *,
    sandbox: Annotated[bool, typer.Option(help="Without a token, start the sandbox too.")] = True,
) -> None:
    """Run the bot: on Discord and Telegram where a token is set, else in the sandbox on this machine."""
    with loaded_for_good():
        from adapters.running import run_bot

    settings = _settings()
    _finish(run_bot(settings, starts_sandbox=sandbox, say=_say, stop=_stopped_by_signals))


@app.command()
def sandbox(
    *,
    for_a_bot: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Run the sandbox alone: a Discord and a Telegram on this machine, and a page to use them."""
    from adapters.machine.home import HomeError, make_home
    from adapters.sandbox.options import Addresses, CannotOpenError
    from adapters.sandbox.process import run_child
    from adapters.sandboxed import sandbox_options

    settings = _settings()

    def ready(addresses: Addresses) -> None:
        _say(addresses.as_json() if for_a_bot else _how_to_use(addresses))

    try:
        make_home(settings.home)
        run_child(sandbox_options(settings), ready=ready, parent=sys.stdin.buffer if for_a_bot else None)
    except (CannotOpenError, HomeError) as error:
        _fail(str(error))


@app.command("import")
def import_pages(
    paths: Annotated[list[Path], typer.Argument(help="Text files, or directories of .txt files.")],
) -> None:
    """Take in pages of plain text: their stories become readable and go to whoever follows them."""
    from adapters.running import import_paths

    settings = _settings()
    _finish(import_paths(settings, paths, say=_say, complain=_complain))


@source_app.command("add")
def source_add(
    address: Annotated[str, typer.Argument(help="The feed's address.")],
    *,
    title: Annotated[str | None, typer.Option(help="What to call it; its own title if not given.")] = None,
    every: Annotated[int | None, typer.Option(min=10, max=86_400, help="Seconds between two readings.")] = None,
) -> None:
    """Read a feed now and from now on; its newest article is announced."""
    from adapters.running import add_source

    settings = _settings()
    _finish(add_source(settings, address, title=title, every=every, say=_say))


@source_app.command("list")
def source_list() -> None:
    """List what is read, and what went wrong with it."""
    from adapters.running import list_sources

    _finish(list_sources(_settings(), say=_say))


@source_app.command("remove")
def source_remove(which: Annotated[str, typer.Argument(help="Its number or address.")]) -> None:
    """Stop reading a source; its stories stay."""
    from adapters.running import remove_source

    _finish(remove_source(_settings(), which, say=_say))


@app.command()
def migrate() -> None:
    """Bring the database to this version's shape; running again changes nothing."""
    from adapters.running import migrate_database

    _finish(migrate_database(_settings(), say=_say))


@app.command()
def health() -> None:
    """Say whether a running bot gets on; ends with 1 if not."""
    from adapters.machine.clock import SystemClock
    from adapters.machine.health import read_health

    settings = _settings()
    is_well, sentence = read_health(settings.home, SystemClock().now())
    _say(sentence)
    raise typer.Exit(0 if is_well else 1)


def _settings() -> Settings:
    """The settings; a wrong one ends the process with 2, and the log never shows a token."""
    try:
        settings = read_settings()
    except SettingsError as error:
        _complain(f"Wrong settings, nothing was started:\n{error}")
        raise typer.Exit(_WRONG_SETTINGS) from None
    set_up_logs(settings.log_level, settings.secrets)
    for sentence in unknown_settings():
        logging.getLogger("newsbot").warning(sentence)
    return settings


def _finish(work: Coroutine[Any, Any, bool | None]) -> None:
    """Run the work; what a person can be told ends with 1 and a sentence, only an error of ours with a stack trace."""
    from adapters.running import TOLD

    try:
        went_well = asyncio.run(work)
    except TOLD as error:
        _fail(str(error))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except Exception:
        logging.getLogger("newsbot").exception("unexpected error")
        _fail("This is an error in newsbot itself; the lines above say where. Nothing was stored half.")
    if went_well is False:
        raise typer.Exit(1)


def _stopped_by_signals() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set; a second one ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def asked(number: signal.Signals) -> None:
        stop.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked, number)
    return stop


def _how_to_use(addresses: Any) -> str:
    from adapters.sandbox.contract import DISCORD_TOKEN, TELEGRAM_TOKEN

    return "\n".join(
        (
            f"newsbot sandbox: open {addresses.page}",
            "A bot joins with `newsbot run --no-sandbox`, or any bot with",
            f"  NEWSBOT_DISCORD_API_URL={addresses.discord_api}",
            f"  NEWSBOT_DISCORD_GATEWAY_URL={addresses.discord_gateway}",
            f"  NEWSBOT_DISCORD_TOKEN={DISCORD_TOKEN}",
            f"  NEWSBOT_TELEGRAM_API_URL={addresses.telegram_api}",
            f"  NEWSBOT_TELEGRAM_TOKEN={TELEGRAM_TOKEN}",
        )
    )


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # what the command is for


def _complain(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201  # what the command is for


def _fail(sentence: str) -> NoReturn:
    _complain(sentence)
    raise typer.Exit(1)


_Say = Callable[[str], None]

if __name__ == "__main__":
    main()
