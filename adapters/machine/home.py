"""The directory that holds all state."""

from pathlib import Path


class HomeError(Exception):
    """The directory cannot be used; the sentence names the setting that says where it is."""


def make_home(home: Path) -> None:
    """Make the directory if it is not there, for its owner alone: its database holds the key that signs buttons.

    One that is there stays as it is. Raises HomeError.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise HomeError(f"NEWSBOT_HOME={home} cannot be used as a directory: {error.strerror}.") from error
