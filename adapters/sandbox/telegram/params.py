"""The parameters of one call, as the real server reads them from form, JSON body and query alike."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.sandbox.telegram.errors import BadRequestError

_WHOLE = re.compile(r"-?[0-9]{1,19}")
_TRUE = ("true", "True", "TRUE", "yes", "Yes", "1", "t", "y")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came as a part of a multipart form."""

    name: str
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Params:
    """What a call was given. Unknown names are ignored, as the real server does."""

    values: Mapping[str, object]
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str:
        """The value as text, "" when absent. Raises BadRequestError for text that is not UTF-8."""
        value = self.values.get(name)
        match value:
            case None:
                return ""
            case str():
                _encoded(value)
                return value
            case bool():
                return "true" if value else "false"
            case int() | float():
                return str(value)
            case _:
                return json.dumps(value, ensure_ascii=False)

    def number(self, name: str, default: int = 0) -> int:
        """The value as a whole number; ``default`` when absent or no number, as the real server reads it."""
        number = whole(self.text(name))
        return default if number is None else number

    def flag(self, name: str) -> bool:
        return self.text(name).strip() in _TRUE

    def json(self, name: str, what: str) -> Any:
        """The value as JSON, None when absent or empty. Raises BadRequestError "can't parse WHAT JSON object"."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return read_json(value)
        except ValueError:
            raise BadRequestError(f"can't parse {what} JSON object") from None

    def mapping(self, name: str, what: str) -> dict[str, Any] | None:
        """The value as a JSON object, None when absent. Raises BadRequestError otherwise."""
        value = self.json(name, what)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise BadRequestError(f"can't parse {what} JSON object")
        return value


def read_json(text: str) -> Any:
    """The JSON value. Raises ValueError, and BadRequestError for text inside it that is not UTF-8."""
    value = json.loads(text)
    if "\\u" in text:  # an escape may spell half a character
        _encoded(json.dumps(value, ensure_ascii=False))
    else:
        _encoded(text)
    return value


def whole(value: object) -> int | None:
    """A whole number given as number or text; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and _WHOLE.fullmatch(value.strip()) else None


def _encoded(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadRequestError("strings must be encoded in UTF-8") from None
