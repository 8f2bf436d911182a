"""The file that a backup becomes once all of it is there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.ports.backups import BackupError


@contextmanager
def part_of(file: str) -> Iterator[Path]:
    """Where to write the backup; it becomes ``file`` if all went well, and is gone if not.

    Only its owner can read it, as it holds the key that signs buttons. Raises BackupError where ``file`` is there
    already, before anything is written, and OSError.
    """
    if os.path.lexists(file):
        raise _taken(file)
    part = Path(f"{file}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    try:
        part.touch(mode=0o600)
        yield part
        os.link(part, file)  # unlike a rename, it replaces nothing
    except FileExistsError:
        raise _taken(file) from None
    finally:
        part.unlink(missing_ok=True)


def _taken(file: str) -> BackupError:
    return BackupError(f"{file} is there already. Choose another name.")
