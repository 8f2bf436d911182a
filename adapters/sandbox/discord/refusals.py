"""The errors that Discord answers with, by their numbers.

Codes and sentences are from "Opcodes and Status Codes" of Discord's documentation.
"""

from collections.abc import Mapping
from typing import Any


class RefusedError(Exception):
    """A call that Discord refuses: ``status`` with a JSON body of ``code``, ``message`` and perhaps ``errors``."""

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.body: dict[str, Any] = {"message": message, "code": code, **more}
        self.headers: dict[str, str] = {}


class BodyErrors:
    """Gathers what is wrong with a body, then refuses it whole with 50035 and the tree of errors."""

    def __init__(self) -> None:
        self._tree: dict[str, Any] = {}

    def add(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        branch = self._tree
        for step in path:
            branch = branch.setdefault(str(step), {})
        branch.setdefault("_errors", []).append({"code": code, "message": message})

    def too_long(self, path: tuple[str | int, ...], limit: int) -> None:
        self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")

    def bad_length(self, path: tuple[str | int, ...], low: int, high: int) -> None:
        self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")

    def missing(self, path: tuple[str | int, ...]) -> None:
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def check_length(self, path: tuple[str | int, ...], text: object, low: int, high: int) -> None:
        """Note a text that is no text, or whose length is not between ``low`` and ``high``."""
        match text:
            case None if low:
                self.missing(path)
            case None:
                pass
            case str() if not low <= len(text) <= high:
                self.bad_length(path, low, high) if low else self.too_long(path, high)
            case str():
                pass
            case _:
                self.add(path, "STRING_TYPE_CONVERT", "Could not interpret value as string.")

    def refuse_if_any(self, *, under: str | None = None) -> None:
        """Raise what was gathered; ``under`` puts the tree below that key, as interaction answers have it."""
        if self._tree:
            tree = {under: self._tree} if under else self._tree
            raise RefusedError(400, 50035, "Invalid Form Body", errors=tree)


def invalid_body(path: tuple[str | int, ...], code: str, message: str) -> RefusedError:
    errors: dict[str, Any] = {"_errors": [{"code": code, "message": message}]}
    for step in reversed(path):
        errors = {str(step): errors}
    return RefusedError(400, 50035, "Invalid Form Body", errors=errors)


def rate_limited(retry_after: float, *, scope: str, headers: Mapping[str, str]) -> RefusedError:
    """429 as Discord sends it: the body's ``retry_after`` counts, ``Via`` proves that it is not Cloudflare's ban."""
    everywhere = scope == "global"
    error = RefusedError(429, 0, "You are being rate limited.", retry_after=round(retry_after, 3))
    error.body["global"] = everywhere
    error.headers = {**headers, "Retry-After": str(max(1, round(retry_after))), "X-RateLimit-Scope": scope}
    error.headers["Via"] = "1.1 google"
    if everywhere:
        error.headers["X-RateLimit-Global"] = "true"
    return error


def slow_mode(retry_after: float) -> RefusedError:
    """429 of the channel's own making, with the code that tells it from a rate limit."""
    error = rate_limited(retry_after, scope="user", headers={})
    error.body |= {"message": "This action cannot be performed due to slowmode rate limit.", "code": 20016}
    return error


def unauthorized() -> RefusedError:
    return RefusedError(401, 0, "401: Unauthorized")


def not_found() -> RefusedError:
    return RefusedError(404, 0, "404: Not Found")


def server_error(status: int = 500) -> RefusedError:
    return RefusedError(status, 0, f"{status}: Internal Server Error")


def bad_json() -> RefusedError:
    return RefusedError(400, 50109, "The request body contains invalid JSON.")


def unknown_application() -> RefusedError:
    return RefusedError(404, 10002, "Unknown Application")


def unknown_channel() -> RefusedError:
    return RefusedError(404, 10003, "Unknown Channel")


def unknown_guild() -> RefusedError:
    return RefusedError(404, 10004, "Unknown Guild")


def unknown_message() -> RefusedError:
    return RefusedError(404, 10008, "Unknown Message")


def unknown_user() -> RefusedError:
    return RefusedError(404, 10013, "Unknown User")


def unknown_webhook() -> RefusedError:
    return RefusedError(404, 10015, "Unknown Webhook")


def unknown_interaction() -> RefusedError:
    return RefusedError(404, 10062, "Unknown interaction")


def already_answered() -> RefusedError:
    return RefusedError(400, 40060, "Interaction has already been acknowledged.")


def already_crossposted() -> RefusedError:
    return RefusedError(400, 40033, "This message has already been crossposted.")


def missing_access() -> RefusedError:
    return RefusedError(403, 50001, "Missing Access")


def not_the_author() -> RefusedError:
    return RefusedError(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> RefusedError:
    return RefusedError(400, 50006, "Cannot send an empty message")


def closed_dm() -> RefusedError:
    return RefusedError(403, 50007, "Cannot send messages to this user")


def wrong_channel_kind() -> RefusedError:
    return RefusedError(400, 50024, "Cannot execute action on this channel type")


def missing_permissions() -> RefusedError:
    return RefusedError(403, 50013, "Missing Permissions")


def expired_token() -> RefusedError:
    return RefusedError(401, 50027, "Invalid Webhook Token")


def archived_thread() -> RefusedError:
    return RefusedError(400, 50083, "Thread is archived")


def thread_exists() -> RefusedError:
    return RefusedError(400, 160004, "A thread has already been created for this message")


def locked_thread() -> RefusedError:
    return RefusedError(400, 160005, "Thread is locked")
