"""A house that opens, is found, closes, and remembers."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import ClientSession

from adapters.sandbox.contract import TELEGRAM_TOKEN
from adapters.sandbox.home import HomeTakenError, take_home
from adapters.sandbox.options import Addresses, SandboxOptions
from adapters.sandbox.server import serve
from tests.fakes.sandbox_house import fake_house

_CHILD = """
import sys
from pathlib import Path
from adapters.sandbox.process import run_child
from adapters.sandbox.server import SandboxOptions
options = SandboxOptions(page_port=0, discord_port=0, telegram_port=0, home=Path(sys.argv[1]))
run_child(options, ready=lambda addresses: print(addresses.as_json(), flush=True), parent=sys.stdin.buffer)
"""


async def test_a_restart_shows_what_was_there(tmp_path: Path) -> None:
    async with fake_house(tmp_path) as house:
        house.discord.headline("text", "Ferries return", "At dawn.")
        house.telegram.show("group", "For one", person="reader-2")
        before = await house.get("/api/ledger?since=0")
    async with fake_house(tmp_path) as house:
        seen = await house.get("/api/chats/discord/text?as=reader-1")
        assert isinstance(seen, dict)
        assert [message["title"] for message in seen["messages"]] == ["Ferries return"]
        assert await house.get("/api/ledger?since=0") == before


async def test_the_addresses_stand_in_the_home_while_it_runs(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    async with fake_house(home) as house:
        assert Addresses.from_json((home / "sandbox.json").read_text(encoding="utf-8")) == house.addresses
    assert sorted(path.name for path in home.iterdir()) == ["sandbox.db", "sandbox.lock"]


async def test_the_servers_are_told_where_they_listen_and_are_closed_at_the_end() -> None:
    async with fake_house() as house:
        assert house.addresses.discord_api == f"{house.discord.address}/api/v10"
        assert house.addresses.telegram_api == f"{house.telegram.address}/bot"
    assert house.discord.is_closed
    assert house.telegram.is_closed


async def test_whoever_waits_for_changes_does_not_hold_up_the_end() -> None:
    async with fake_house() as house:
        now = await house.get("/api/changes?since=0")
        assert isinstance(now, dict)
        waiting = asyncio.create_task(house.get(f"/api/changes?since={now['now']}&wait=60"))
        await house.get("/healthz")
        house.discord.show("text", "last words")
        assert isinstance(await asyncio.wait_for(waiting, 5), dict)


async def test_both_platforms_are_served_and_the_sandbox_ends_when_told(tmp_path: Path) -> None:
    stop = asyncio.Event()
    ready: asyncio.Future[Addresses] = asyncio.get_running_loop().create_future()
    options = SandboxOptions(page_port=0, discord_port=0, telegram_port=0, home=tmp_path)
    serving = asyncio.create_task(serve(options, ready=ready.set_result, stop=stop))
    addresses = await asyncio.wait_for(ready, 10)
    async with ClientSession() as client:
        async with client.get(f"{addresses.page}/api/chats") as response:
            chats = await response.json()
        async with client.get(f"{addresses.telegram_api}{TELEGRAM_TOKEN}/getMe") as response:
            assert (await response.json())["result"]["is_bot"]
        async with client.get(f"{addresses.discord_api}/gateway") as response:
            assert response.status == 200
    kinds = {(chat["platform"], chat["kind"]) for chat in chats}
    assert kinds >= {("discord", "text"), ("discord", "private"), ("discord", "forum"), ("discord", "announcement")}
    assert kinds >= {("telegram", "group"), ("telegram", "private"), ("telegram", "channel")}
    stop.set()
    await asyncio.wait_for(serving, 10)


@pytest.mark.parametrize("how", ["pipe", "signal"])
def test_a_child_ends_with_its_parent_or_by_a_signal(tmp_path: Path, how: str) -> None:
    child = subprocess.Popen(  # noqa: S603  # our own interpreter and our own text
        [sys.executable, "-c", _CHILD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    with child:
        assert child.stdout is not None
        assert child.stdin is not None
        Addresses.from_json(child.stdout.readline().decode())
        if how == "pipe":
            child.stdin.close()
        else:
            os.kill(child.pid, signal.SIGTERM)
        assert child.wait(10) == 0
    assert not (tmp_path / "sandbox.json").exists()


async def test_a_home_belongs_to_one_sandbox_at_a_time(tmp_path: Path) -> None:
    async with fake_house(tmp_path):
        with pytest.raises(HomeTakenError, match="NEWSBOT_HOME"):
            await take_home(tmp_path, patience_s=0)
    os.close(await take_home(tmp_path, patience_s=0))


async def test_a_new_sandbox_waits_until_the_old_one_has_written_everything(tmp_path: Path) -> None:
    async with fake_house(tmp_path) as old:
        opening = asyncio.create_task(_texts_after_opening(tmp_path))
        await old.get("/healthz")
        old.discord.show("text", "last words")
    assert await asyncio.wait_for(opening, 10) == ["last words"]


async def _texts_after_opening(home: Path) -> list[str]:
    async with fake_house(home) as house:
        seen = await house.get("/api/chats/discord/text?as=reader-1")
    assert isinstance(seen, dict)
    return [message["text"] for message in seen["messages"]]
