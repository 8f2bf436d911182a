"""``python -m tests.bench [NAME…]``: measure, print one table, and fail where a bound is missed."""

import argparse
import asyncio
import os
import platform
import sys
import traceback
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

from tests.bench import (
    cycle,
    fan_out,
    joining,
    latency,
    matching,
    parsing_memory,
    polling,
    rates,
    reading,
    reading_feeds,
    sending,
    start,
    telegram_rate,
    waking,
)
from tests.bench.figure import Row, table

_BENCHMARKS: Final[dict[str, Callable[[], Awaitable[list[Row]]]]] = {
    "start": start.measure,
    "reading": reading.measure,
    "reading_feeds": reading_feeds.measure,
    "fan_out": fan_out.measure,
    "cycle": cycle.measure,
    "latency": latency.measure,
    "matching": matching.measure,
    "joining": joining.measure,
    "polling": polling.measure,
    "parsing_memory": parsing_memory.measure,
    "telegram_rate": telegram_rate.measure,
    "sending": sending.measure,
    "rates": rates.measure,
    "waking": waking.measure,
}
_RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> int:
    """0 if every bound holds, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure, and print a table.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(_BENCHMARKS)}; all if none")
    parser.add_argument("--record", action="store_true", help=f"write the table to {_RESULTS.name} too")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(_BENCHMARKS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    rows = asyncio.run(_measured([name for name in _BENCHMARKS if name in (arguments.names or _BENCHMARKS)]))
    sys.stdout.write(f"{table(rows)}\n")
    if arguments.record:
        _RESULTS.write_text(_results(rows), encoding="utf-8")
    return 0 if all(row.is_ok is not False for row in rows) else 1


async def _measured(names: Sequence[str]) -> list[Row]:
    rows: list[Row] = []
    for name in names:
        sys.stderr.write(f"{name} …\n")
        try:
            rows += await _BENCHMARKS[name]()
        except Exception as error:  # noqa: BLE001  # one that fails must not cost what the others measured
            traceback.print_exc()
            rows.append(Row(figure=name, ours=f"failed: {type(error).__name__}", is_ok=False))
    return rows


def _results(rows: Sequence[Row]) -> str:
    busy = f"load average {os.getloadavg()[1]:.1f}"
    machine = f"{os.cpu_count()} cores ({busy}), {platform.system()}, Python {platform.python_version()}"
    return (
        "# Measured\n\n"
        f"The last recorded run of `make bench ARGS=--record`: {machine}, everything on one machine.\n"
        "Figures are medians of several rounds after a warm-up; read them as ratios.\n\n"
        f"{table(rows)}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
