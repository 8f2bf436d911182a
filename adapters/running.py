"""What each command does, with words for the person who typed it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from adapters.compose import Serving, build_runtime, serving_at
from adapters.desk import Desk, StartError, database_file, is_embedded, open_desk
from adapters.machine.clock import SystemClock
from adapters.machine.door import DoorError, open_door
from adapters.machine.health import write_health
from adapters.machine.home import make_home
from adapters.machine.run_lock import only_one
from adapters.machine.watchdog import Watchdog
from adapters.sandbox.options import Addresses
from adapters.sandboxed import running_sandbox, sandbox_chats, started_sandbox
from adapters.seeding import PageError, follow_everything, import_file, page_files
from adapters.settings import Settings
from adapters.share import Part, Share
from adapters.wires import live_wires, sandbox_wires
from bot.domain.errors import SourceExistsError
from bot.domain.lease import Lease
from bot.ports.measures import unmeasured
from bot.ports.progress import Progress
from bot.ports.reading import ReadingError

Say = Callable[[str], None]

_NEWSPAPER_EVERY_S = 10.0


async def run_bot(
    settings: Settings, share: Share, *, starts_sandbox: bool, say: Say, stop: Callable[[], asyncio.Event]
) -> None:
    """Run until ``stop`` says so. Raises those of TOLD."""
    stopped = stop()
    make_home(settings.home)
    async with AsyncExitStack() as stack:
        if is_embedded(settings):
            stack.enter_context(only_one(database_file(settings)))
        serving = _serving(settings, stack, say=say) if Part.WEB in share.parts else None
        sandbox = await _sandbox(settings, stack, starts_sandbox=starts_sandbox, say=say)
        desk = await stack.enter_async_context(
            open_desk(settings, reads_loopback=sandbox is not None, measure=serving.measure if serving else unmeasured)
        )
        addresses = await sandbox() if sandbox else None
        wires = sandbox_wires(addresses, settings) if addresses else live_wires(settings)
        if addresses and Part.SOURCES in share.parts:
            await follow_everything(desk.database, desk.topics, desk.clock, await sandbox_chats(addresses))
        async with desk.database.reading() as look:
            await desk.topics.refresh(look)
        if Part.SOURCES in share.parts:
            await desk.leases.while_held("seeds", partial(_import_seeds, settings, desk))
            if addresses:
                stack.push_async_callback(_cancelled, asyncio.create_task(_read_newspaper(desk, addresses)))
        runtime = await build_runtime(
            settings, share, desk, wires, pulse=_pulse(settings, share, stack), serving=serving
        )
        await runtime.run(stopped)


async def import_paths(settings: Settings, paths: Iterable[Path], *, say: Say, complain: Say) -> bool:
    """Import each page on its own; whether all went well."""
    went_well = True
    async with open_desk(settings) as desk:
        for path in [file for given in paths for file in page_files(given) or [given]]:
            try:
                published = await import_file(desk.database, desk.topics, desk.clock, path)
            except PageError as error:
                complain(str(error))
                went_well = False
            else:
                stories = len(published.new) + published.known
                say(f"{path.name}: {stories} {'story' if stories == 1 else 'stories'}, {len(published.new)} new.")
    return went_well


async def migrate_database(settings: Settings, *, say: Say) -> None:
    """Bring the database to this version's shape."""
    async with open_desk(settings):
        say("The database is up to date.")


async def _sandbox(
    settings: Settings, stack: AsyncExitStack, *, starts_sandbox: bool, say: Say
) -> Callable[[], Awaitable[Addresses]] | None:
    """None where we go live, else what waits for the sandbox: one of ours takes as long to start as a new database."""
    if settings.is_live:
        return None
    if starts_sandbox:
        listening = await stack.enter_async_context(started_sandbox())

        async def find() -> Addresses:
            addresses = await listening()
            say(f"newsbot: no token is set, so open the sandbox at {addresses.page}")
            return addresses

    else:
        there = running_sandbox(settings)
        say(f"newsbot: in the sandbox at {there.page}")

        async def find() -> Addresses:
            return there

    return find


def _serving(settings: Settings, stack: AsyncExitStack, *, say: Say) -> Serving | None:
    if settings.web_port is None:
        return None
    where = f"{settings.web_host}:{settings.web_port}"
    try:
        door = stack.enter_context(open_door(settings.web_host, settings.web_port))
    except DoorError as error:
        raise StartError(f"Cannot listen at {where}: {error}. Check NEWSBOT_WEB_HOST and NEWSBOT_WEB_PORT.") from None
    say(f"newsbot: health at http://{settings.web_host}:{door.getsockname()[1]}/healthz")
    return serving_at(door)


def _pulse(settings: Settings, share: Share, stack: AsyncExitStack) -> Callable[[Progress], None]:
    """Writes a sign of life each time, and ends the process should there be none for long."""
    clock, watchdog = SystemClock(), Watchdog()
    stack.callback(watchdog.put_down)

    def pulse(progress: Progress) -> None:
        watchdog.feed()
        write_health(settings.home, progress, clock.now(), part=share.name)

    return pulse


async def _import_seeds(settings: Settings, desk: Desk, _: Lease) -> None:
    pages = settings.seeds / "pages"
    for path in page_files(pages) if pages.is_dir() and any(pages.glob("*.txt")) else ():
        await import_file(desk.database, desk.topics, desk.clock, path)


async def _read_newspaper(desk: Desk, addresses: Addresses) -> None:
    """Add the sandbox's newspaper, once it has a first article."""
    while True:
        try:
            await desk.reader.add(addresses.newspaper_feed, interval_s=_NEWSPAPER_EVERY_S)
        except SourceExistsError:
            return
        except ReadingError:
            await desk.clock.sleep(_NEWSPAPER_EVERY_S)
        else:
            return


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
