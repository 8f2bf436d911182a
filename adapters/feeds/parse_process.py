"""The worker process: reads documents from its standard input and writes what they say to its standard output.

It holds no secret, opens no connection, and may be killed at any time. It ends when its input does, hence with the
process that started it, however that one ended.
"""

import json
import math
import os
import resource
import sys
import time
from typing import BinaryIO

from adapters.feeds.parse import parse
from adapters.feeds.parsed import ParsedFeed, Problem, lines_of

_MEMORY = 512 * 1024 * 1024


def main() -> None:
    """Parse documents until there are no more; the argument says how many seconds of CPU time each may take."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit(resource.RLIMIT_AS, _MEMORY)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library might print must not look like an answer
    _serve(sys.stdin.buffer, answers, cpu_s=int(sys.argv[1]))


def _serve(requests: BinaryIO, answers: BinaryIO, *, cpu_s: int) -> None:
    while line := requests.readline():
        request = json.loads(line)
        body = requests.read(request["length"])
        _limit(resource.RLIMIT_CPU, math.ceil(time.process_time()) + cpu_s)
        answers.writelines(lines_of(_parsed(body, request["address"], request["charset"])))
        answers.flush()


def _parsed(body: bytes, address: str, charset: str | None) -> ParsedFeed | Problem:
    try:
        return parse(body, address=address, charset=charset)
    except MemoryError:
        return Problem(kind="too_big", message="That feed needs more memory than a feed may.")
    except Exception as error:  # noqa: BLE001  # one odd feed must not take the others' worker away
        print(f"parsing a feed failed: {type(error).__name__}", file=sys.stderr)  # noqa: T201  # the bot's own log
        return Problem(kind="not_a_feed", message="That feed is damaged: it cannot be read as RSS or Atom.")


def _limit(what: int, soft: int) -> None:
    """Set a soft limit, under the hard one that this process was given."""
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
