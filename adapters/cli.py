"""The command line: every command's words, and how it ends."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from adapters import channel_commands, source_commands, story_commands
from adapters.machine.garbage import loaded_for_good
from adapters.share import Part, Share, ShareError, share_of
from adapters.terminal import (
    WRONG_SETTINGS_CODE,
    AsJson,
    checked_settings,
    complain,
    fail,
    finished,
    say,
    say_all,
    say_json,
)

app = typer.Typer(
    help="A news bot for Discord and Telegram. Settings come from NEWSBOT_… variables; see README.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(source_commands.app, name="source")
app.add_typer(channel_commands.app, name="channel")
app.add_typer(story_commands.story_app, name="story")
app.add_typer(story_commands.article_app, name="article")


def main() -> None:
    """Entry point of ``newsbot``."""
    app()


@app.command()
def run(
    *,
    sandbox: Annotated[bool, typer.Option(help="Without a token, start the sandbox too.")] = True,
    only: Annotated[
        list[Part] | None, typer.Option(help="Run this part alone; give it again for another. Needs PostgreSQL.")
    ] = None,
    shards: Annotated[str | None, typer.Option(help="Serve these shards of Discord, such as 0-3/16.")] = None,
) -> None:
    """Run the bot: on Discord and Telegram where a token is set, else in the sandbox on this machine."""
    with loaded_for_good():
        from adapters.running import run_bot

    settings = checked_settings()
    try:
        share = share_of(only or (), shards, settings)
    except ShareError as error:
        complain(str(error))
        raise typer.Exit(WRONG_SETTINGS_CODE) from None
    starts_sandbox = sandbox and share.is_all
    finished(run_bot(settings, share, starts_sandbox=starts_sandbox, say=say, stop=_stopped_by_signals))


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

    settings = checked_settings()

    def ready(addresses: Addresses) -> None:
        say(addresses.as_json() if for_a_bot else _how_to_use(addresses))

    try:
        make_home(settings.home)
        run_child(sandbox_options(settings), ready=ready, parent=sys.stdin.buffer if for_a_bot else None)
    except HomeError as error:
        complain(str(error))
        raise typer.Exit(WRONG_SETTINGS_CODE) from None
    except CannotOpenError as error:
        fail(str(error))


@app.command("import")
def import_pages(
    paths: Annotated[list[Path], typer.Argument(help="Text files, or directories of .txt files.")],
) -> None:
    """Take in pages of plain text: their stories become readable and go to whoever follows them."""
    from adapters.running import import_paths

    settings = checked_settings()
    if not finished(import_paths(settings, paths, say=say, complain=complain)):
        raise typer.Exit(1)


@app.command()
def why(
    channel: Annotated[str, typer.Argument(help="Its number, its title, or its address such as telegram:-1001234/5.")],
    story: Annotated[str, typer.Argument(help="Its number, or words from it.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say why a story came to a channel, came late, or did not come."""
    from adapters import reasons
    from adapters.told_as_json import told_reasons
    from bot.messages.text import plain
    from bot.views.why import why_sentences

    explained = finished(reasons.why(checked_settings(), channel, story))
    if as_json:
        say_json(told_reasons(explained))
    else:
        say_all([explained.story.title, *map(plain, why_sentences(explained))])


@app.command()
def backup(file: Annotated[str, typer.Argument(help="The file to be written; it must not be there yet.")]) -> None:
    """Write a backup of the database, also while the bot runs."""
    from adapters.backups import back_up
    from adapters.told_of_backups import backup_line

    say(backup_line(file, finished(back_up(checked_settings(), file))))


@app.command()
def restore(
    file: Annotated[str, typer.Argument(help="A file that `newsbot backup` wrote.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    resend: Annotated[bool, typer.Option("--resend", help="Send also what may have been sent since.")] = False,
) -> None:
    """Come back to a backup, after saying how many posts could repeat; what was there is kept."""
    from adapters import backups
    from adapters.told_of_backups import outlook_lines, restored_lines

    def agrees(outlook: Any, now: Any) -> bool:
        say_all(outlook_lines(outlook, resends=resend, now=now))
        try:
            return yes or typer.confirm("Restore it?", err=True)
        except typer.Abort:  # nobody is there to answer
            return False

    done = finished(backups.restore(checked_settings(), file, resends=resend, agrees=agrees))
    if done is None:
        fail("Nothing was changed.")
    say_all(restored_lines(done))


@app.command()
def migrate() -> None:
    """Bring the database to this version's shape; running again changes nothing."""
    from adapters.running import migrate_database

    finished(migrate_database(checked_settings(), say=say))


@app.command()
def health(
    *,
    only: Annotated[list[Part] | None, typer.Option(help="Ask about a process that runs these parts alone.")] = None,
) -> None:
    """Say whether a running bot gets on; ends with 1 if not."""
    from adapters.machine.clock import SystemClock
    from adapters.machine.health import read_health

    settings = checked_settings()
    is_well, sentence = read_health(settings.home, SystemClock().now(), part=Share(parts=frozenset(only or Part)).name)
    say(sentence)
    raise typer.Exit(0 if is_well else 1)


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


if __name__ == "__main__":
    main()
