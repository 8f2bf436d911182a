"""How long the bot takes from its command to both platforms, and what it holds when nothing happens."""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.figure import Row, median
from tests.bench.processes import children, memory_mb
from tests.world import Process

_LIMIT_S, _LIMIT_MB = 2.0, 130.0
_ROUNDS = 5
_IDLE_S = 12.0
"""Long enough for the first headlines to be delivered and the newspaper to be read."""

_LIBRARIES = "import aiohttp.web, alembic, discord, pydantic_settings, sqlalchemy.ext.asyncio, telegram, typer"
_PORTS = ("NEWSBOT_SANDBOX_PORT", "NEWSBOT_SANDBOX_DISCORD_PORT", "NEWSBOT_SANDBOX_TELEGRAM_PORT")


async def measure() -> list[Row]:
    """From spawning ``newsbot run``, the sandbox included, on a new database and on one that is there; then at rest."""
    fresh: list[float] = []
    warm: list[float] = []
    bare: list[float] = []
    memory: list[Row] = []
    await _start(Path(tempfile.mkdtemp()))  # fills the caches of bytecode and files
    for number in range(_ROUNDS):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            bare.append(await asyncio.to_thread(_bare_imports))
            fresh.append((await _start(Path(home)))[0])
            took, memory = await _start(Path(home), rest_s=_IDLE_S if number == _ROUNDS - 1 else 0.0)
            warm.append(took)
    return [_started("database there", warm, bare), _started("new database", fresh, bare), *memory]


def _started(name: str, ours: list[float], bare: list[float]) -> Row:
    took, imports = median(ours), median(bare)
    return Row(
        figure=f"start to both platforms ready, {name}",
        ours=f"{took:.2f} s (best {min(ours):.2f})",
        reference=f"{imports:.2f} s to import the libraries alone",
        ratio=took / imports,
        bound=f"≤ {_LIMIT_S:.0f} s",
        is_ok=took <= _LIMIT_S,
    )


async def _start(home: Path, *, rest_s: float = 0.0) -> tuple[float, list[Row]]:
    began = time.perf_counter()
    bot = await Process.start("run", environment={"NEWSBOT_HOME": str(home), **dict.fromkeys(_PORTS, "0")})
    try:
        for platform in ("discord", "telegram"):
            await bot.line_with(f"platform ready platform='{platform}'")
        took = time.perf_counter() - began
        await asyncio.sleep(rest_s)
        return took, _memory(bot.process.pid)
    finally:
        await bot.end()


def _memory(pid: int) -> list[Row]:
    rss, pss = memory_mb(pid)
    rows = [
        Row(
            figure="idle memory of the bot",
            ours=f"{rss:.0f} MB RSS, {pss:.0f} MB PSS",
            bound=f"≤ {_LIMIT_MB:.0f} MB RSS",
            is_ok=rss <= _LIMIT_MB,
        )
    ]
    for child, command in children(pid).items():
        name = "the sandbox" if "sandbox" in command else "the process that parses feeds"
        rss, pss = memory_mb(child)
        rows.append(Row(figure=f"beside it: {name}", ours=f"{rss:.0f} MB RSS, {pss:.0f} MB PSS"))
    return rows


def _bare_imports() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", _LIBRARIES], check=True)  # noqa: S603  # our own words
    return time.perf_counter() - began
