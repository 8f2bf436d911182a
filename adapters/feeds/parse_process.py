"""The worker process: reads documents from its standard input and writes what they say to its standard output.

It holds no secret, opens no connection, and may be killed at any time. It ends when its input does, hence with the
process that started it, however that one ended.
"""

import gc
import json
import logging
import math
import os
import resource
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from adapters.feeds.parse import parse
from adapters.feeds.parsed import TOPICS, Problem, Result, Work, lines_of
from adapters.feeds.topic_list import read_topics
from bot.domain.matching import Matcher
from bot.domain.weighing import weighed

_MEMORY = 512 * 1024 * 1024
_HINTS = 1 << 22
"""Many more than the catalogue has phrases: by their number goes also how many words are remembered."""


def main() -> None:
    """Take documents apart until there are no more.

    The arguments say how many seconds of CPU time each may take, and how nice to be to the machine's other processes.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit(resource.RLIMIT_AS, _MEMORY)
    gc.disable()  # it would look through all that is remembered, several times a document
    os.nice(int(sys.argv[2]))
    logging.disable()  # libraries complain of documents, in the documents' words
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library might print must not look like an answer
    try:
        _serve(sys.stdin.buffer, answers, cpu_s=int(sys.argv[1]))
    except BrokenPipeError:
        # Whoever asked is gone. What is left for them goes nowhere, or Python would complain of it at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), answers.fileno())


def _serve(requests: BinaryIO, answers: BinaryIO, *, cpu_s: int) -> None:
    topics: Matcher | None = None
    while (line := requests.readline()).endswith(b"\n"):
        request = json.loads(line)
        body = requests.read(request["length"])
        if len(body) < request["length"]:  # whoever asked ended in the middle of it
            return
        _limit(resource.RLIMIT_CPU, math.ceil(time.process_time()) + cpu_s)
        if request["work"] == TOPICS:
            topics = Matcher(read_topics(body), hints=_HINTS)
            continue
        answers.writelines(lines_of(_result(Work(request["work"]), body, request, topics)))
        answers.flush()
        gc.collect(0)  # whatever the document left


def _result(work: Work, body: bytes, request: Mapping[str, str | None], topics: Matcher | None) -> Result:
    try:
        return _done(work, body, request, topics)
    except MemoryError:
        return Problem(kind="too_big", message=f"That {work} needs more memory than a {work} may.")
    except Exception as error:  # noqa: BLE001  # one odd document must not take the others' worker away
        print(f"reading a {work} failed: {type(error).__name__}", file=sys.stderr)  # noqa: T201  # the bot's own log
        return Problem(kind=f"not_a_{work}", message=f"That {work} is damaged: it cannot be read.")


def _done(work: Work, body: bytes, request: Mapping[str, str | None], topics: Matcher | None) -> Result:
    address = request["address"] or ""
    match work:
        case Work.FEED:
            feed = parse(body, address=address, charset=request["charset"])
            if isinstance(feed, Problem) or topics is None:
                return feed
            news_since = datetime.fromisoformat(request["news_since"]) if request["news_since"] else None
            return replace(feed, drafts=tuple(weighed(feed.drafts, topics, news_since=news_since)))
        case Work.PAGE:
            from adapters.feeds.extract import extract  # noqa: PLC0415  # a worker that reads feeds alone is smaller

            return extract(body, address=address, charset=request["charset"])
        case Work.ROBOTS:
            from adapters.feeds.robots_rules import robots_say  # noqa: PLC0415  # the same

            return robots_say(body, address=address, agent=request["agent"] or "")
        case Work.LINKS:
            from adapters.feeds.page_links import page_links  # noqa: PLC0415  # the same

            return page_links(body, address=address, charset=request["charset"])


def _limit(what: int, soft: int) -> None:
    """Set a soft limit, under the hard one that this process was given."""
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
