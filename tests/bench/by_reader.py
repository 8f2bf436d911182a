"""``python -m tests.bench.by_reader FILE THREADS WORK``: the library ``reader`` reads the feeds that it is told of.

With WORK ``bare`` it reads and stores; with ``all`` it also finds repeats and makes what is new findable by words, by
its own plugin and its own index. Prints as JSON for each pass how many seconds it took, by the wall's clock and of CPU
time, and how many feeds it was.
"""

import json
import sys
import time
from collections.abc import Iterable

import reader


def main(file: str, threads: int, work: str, addresses: Iterable[str]) -> None:
    """A first pass over new feeds, then one over those with an ETag and one over the others, which did not change."""
    does_all = work == "all"
    plugins = ["reader.entry_dedupe"] if does_all else []
    with reader.make_reader(file, plugins=plugins, search_enabled=does_all) as library:
        for number, address in enumerate(addresses):
            library.add_feed(address)
            library.set_tag(address, "same" if number % 2 else "etag")
        passes = {kind: _pass(library, threads, tags) for kind, tags in _PASSES.items()}
    sys.stdout.write(json.dumps(passes))


_PASSES = {"first": None, "etag": ["etag"], "same": ["same"]}


def _pass(library: reader.Reader, threads: int, tags: list[str] | None) -> tuple[float, float, int]:
    wall, cpu, count = time.perf_counter(), time.process_time(), 0
    for result in library.update_feeds_iter(tags=tags, scheduled=False, workers=threads):
        if isinstance(result.value, Exception):
            raise result.value
        count += 1
    if library.is_search_enabled():
        library.update_search()
    return time.perf_counter() - wall, time.process_time() - cpu, count


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.stdin.read().split())
