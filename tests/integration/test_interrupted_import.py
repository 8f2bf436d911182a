"""An import that is interrupted keeps what it has, and goes on with the rest when it is run again."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.contract.reading.feed_server import FEED, answer, running_feed_server
from tests.world import Process, newsbot

FEEDS, READ_BEFORE = 12, 5


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
async def test_nothing_is_lost_and_nothing_is_read_twice(tmp_path: Path, how: signal.Signals, code: int) -> None:
    asked_for_it = asyncio.Event()

    async def never(_: asyncio.StreamWriter) -> None:
        asked_for_it.set()
        await asyncio.Event().wait()

    async with running_feed_server() as server:
        addresses = [server.serve(f"/{number}", answer(FEED)) for number in range(FEEDS)]
        server.serve(f"/{READ_BEFORE}", never)
        opml = tmp_path / "mine.opml"
        outlines = "".join(f'<outline text="News"><outline xmlUrl="{address}"/></outline>' for address in addresses)
        opml.write_text(f"<opml><body>{outlines}</body></opml>")
        environment = {"NEWSBOT_HOME": str(tmp_path / "home"), "NEWSBOT_FETCH_ALLOW": "127.0.0.0/8"}
        importing = await Process.start("source", "import", str(opml), environment=environment)
        async with asyncio.timeout(30):
            await asked_for_it.wait()
        assert await importing.end(how) == code
        assert not any("Traceback" in line for line in importing.lines)

        server.serve(f"/{READ_BEFORE}", answer(FEED))
        server.asked.clear()
        again, said = await newsbot("source", "import", str(opml), **environment)
        assert again == 0
        assert f"{FEEDS - READ_BEFORE} added, {READ_BEFORE} known already, 0 not readable." in said
        assert [head.split()[1] for head in server.asked] == [f"/{number}" for number in range(READ_BEFORE, FEEDS)]
