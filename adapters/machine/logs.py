"""Log lines with fields, never with a secret."""

import logging
import re
import sys
import time
import traceback
from collections.abc import Iterable

from typing_extensions import override

from bot.ports.measures import Measure, unmeasured

_TOKENS = re.compile(r"\d{6,12}(?::|%3A)[\w-]{30,}|[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}", re.IGNORECASE)
_PASSWORDS = re.compile(r"(?<=://)([^\s:/@]*):[^\s/@]+(?=@)")
_CONTROL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # what colours a terminal or moves its cursor (ECMA-48, 5.4)
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # what names its window
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
)
_HIDDEN = "[secret]"
_NOISY = {
    "discord": logging.WARNING,
    "telegram": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "alembic": logging.WARNING,
    "uvicorn": logging.WARNING,
    "aiosqlite": logging.WARNING,  # it tells every statement with what people wrote
}


class RedactingFormatter(logging.Formatter):
    """Takes secrets and control characters out of the finished event, whoever wrote it.

    Known secrets are cut literally; anything that looks like a bot token, or like a password in an address, is cut by
    its shape, tracebacks included. Only the first line of an event begins at the margin, so that no text from outside
    can look like an event of ours.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        self.converter = time.gmtime
        self._secrets = tuple(secret for secret in secrets if secret)

    @override
    def format(self, record: logging.LogRecord) -> str:
        return self.redact(super().format(record)).replace("\n", "\n  ")

    def redact(self, told: str) -> str:
        """The text as it may be written."""
        for secret in self._secrets:
            told = told.replace(secret, _HIDDEN)
        return _CONTROL.sub(" ", _PASSWORDS.sub(rf"\1:{_HIDDEN}", _TOKENS.sub(_HIDDEN, told)))


def set_up_logs(level: str, secrets: Iterable[str] = ()) -> None:
    """Send every log line of the process through one redacting handler to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in _NOISY.items():
        logging.getLogger(name).setLevel(max(least, logging.getLogger().level))


class LogEvents:
    """Implements the events port: one line an event, fields as ``name=value``. What is measured goes to ``measure``."""

    def __init__(self, measure: Measure = unmeasured) -> None:
        self._log = logging.getLogger("newsbot")
        self.measure = measure

    def note(self, event: str, **fields: object) -> None:
        """An event that was foreseen."""
        self._log.info("%s%s", event, _told(fields))

    def warn(self, event: str, **fields: object) -> None:
        """An event that the operator should do something about."""
        self._log.warning("%s%s", event, _told(fields))

    def trouble(self, event: str, error: BaseException, **fields: object) -> None:
        """An event to look at, with where it came from."""
        where = "".join(traceback.format_exception(error)).strip()
        self._log.error("%s%s\n%s", event, _told(fields), where)


def _told(fields: dict[str, object]) -> str:
    return "".join(f" {name}={value!r}" for name, value in fields.items())
