"""``python -m tests.migrating URL STATEMENT SECONDS``: migrate that database to the shape that is still to come.

The process is killed so many seconds after it began that statement. Its last line is how many there were.
"""

import itertools
import os
import signal
import sys
import threading

from sqlalchemy import Engine, event

from storage import migrate
from tests.migrating.shapes import TO_COME, newest


def main() -> None:
    """See above; 0 for a statement that never comes."""
    url, fatal, after_s = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    numbers = itertools.count(1)
    last = 0

    def before(*_: object) -> None:
        nonlocal last
        last = next(numbers)
        if last == fatal:
            threading.Timer(after_s, os.kill, (os.getpid(), signal.SIGKILL)).start()

    event.listen(Engine, "before_cursor_execute", before)
    with newest(TO_COME):
        migrate(url)
    print(last)  # noqa: T201  # the answer


if __name__ == "__main__":
    main()
