"""``newsbot run``, which writes how many tasks it has into the file that is named first, whenever it gets SIGUSR1."""

import asyncio
import signal
import sys
from pathlib import Path

from adapters import cli


def main() -> None:
    """The other arguments are the command's."""
    file = Path(sys.argv.pop(1))

    def tell(*_: object) -> None:
        fresh = file.with_suffix(".new")
        fresh.write_text(str(len(asyncio.all_tasks())))
        fresh.replace(file)

    signal.signal(signal.SIGUSR1, tell)
    cli.main()


if __name__ == "__main__":
    main()
