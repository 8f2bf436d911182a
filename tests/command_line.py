"""``newsbot …`` in this very process, for tests of what a command says and how it ends."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.cli import app
from tests.canaries import CANARIES, without_settings
from tests.fakes.database import migrated

_NO_STACK_TRACE = "Traceback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended: its exit code, what it said, and what it complained of."""

    code: int
    said: str
    complained: str

    @property
    def output(self) -> str:
        return self.said + self.complained


class CommandLine:
    """A person at a terminal, in a directory of their own, with canaries for secrets at the finest log level.

    Every command is held to this: no stack trace, no secret in the output.
    """

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.environment: dict[str, str] = {"NEWSBOT_HOME": str(home), "NEWSBOT_LOG_LEVEL": "DEBUG"}
        without_settings(monkeypatch)
        monkeypatch.chdir(home.parent)

    def has_database(self) -> None:
        """From now on there is an empty one, without the time that it takes a command to bring it to its shape."""
        self.home.mkdir()
        (self.home / "newsbot.db").write_bytes(migrated())

    def __call__(self, *arguments: str, **environment: str) -> Ended:
        ended = self.unchecked(*arguments, **environment)
        assert _NO_STACK_TRACE not in ended.output, ended.output
        return ended

    def unchecked(self, *arguments: str, **environment: str) -> Ended:
        """For an error of our own, which has its stack trace in the log, but still no secret."""
        with kept_log():
            result = CliRunner().invoke(app, arguments, env=_present({**self.environment, **environment}))
        ended = Ended(code=result.exit_code, said=result.stdout, complained=result.stderr)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        for canary in CANARIES:
            assert canary not in ended.output
        return ended


@contextmanager
def kept_log() -> Iterator[None]:
    """Put the log back as it was, whatever the block does to it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    for handler in handlers:
        root.removeHandler(handler)
    try:
        yield
    finally:
        for handler in root.handlers[:]:
            root.removeHandler(handler)
        for handler in handlers:
            root.addHandler(handler)
        root.setLevel(level)


def _present(environment: Mapping[str, str]) -> dict[str, str | None]:
    return dict(environment)
