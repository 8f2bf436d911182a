"""``python -m tests.crash KILLS``: on SQLite, on PostgreSQL, and with a Discord that knows no nonce again.

The last line is for all of them together.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from tests.crash.loop import KillLoopError, run
from tests.crash.verdict import Verdict
from tests.postgres import PostgresUnavailableError, running_server

_KILLS = 1_000


def main() -> int:
    """0 if every promise was kept."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else _KILLS
    third, seed = kills // 3, int(time.time())
    _say(f"{kills} kills, drawn with seed {seed}")
    try:
        verdicts = [
            _on("SQLite", nullcontext(None), kills=kills - 2 * third, seed=seed),
            _on("PostgreSQL", _new_database(), kills=third, seed=seed),
            _on("SQLite, Discord forgetful", nullcontext(None), kills=third, seed=seed, is_forgetful=True),
        ]
    except (KillLoopError, PostgresUnavailableError) as error:
        _say(str(error))
        return 1
    together = sum(verdicts[1:], verdicts[0])
    _say(str(together))
    return 0 if together.is_kept else 1


def _on(
    name: str, database: AbstractContextManager[str | None], *, kills: int, seed: int, is_forgetful: bool = False
) -> Verdict:
    with database as url, tempfile.TemporaryDirectory(prefix="newsbot-crash-") as home:
        began = time.monotonic()
        verdict = asyncio.run(
            run(Path(home), kills=kills, database=url, is_forgetful=is_forgetful, seed=seed, say=_say)
        )
        for sentence in verdict.broken:
            _say(sentence)
        _say(f"{name}, {time.monotonic() - began:.0f} s: {verdict.in_full()}")
        return verdict


@contextmanager
def _new_database() -> Iterator[str]:
    with running_server() as server, server.database() as name:
        yield server.url(name)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # what the command is for


if __name__ == "__main__":
    sys.exit(main())
