"""The refusals of a Bot API server, worded and numbered as the real one does."""


class ApiError(Exception):
    """A call is refused. ``code`` is both HTTP status and ``error_code``; ``description`` is the text the bot gets.

    ``parameters`` is what the envelope carries beside the text: ``retry_after`` or ``migrate_to_chat_id``.
    """

    code = 500
    prefix = "Internal Server Error"

    def __init__(self, text: str = "", **parameters: int) -> None:
        self.description = f"{self.prefix}: {text}" if text else self.prefix
        self.parameters = parameters
        super().__init__(self.description)


class BadRequestError(ApiError):
    """The call is wrong in itself, or the chat does not allow it."""

    code = 400
    prefix = "Bad Request"


class UnauthorizedError(ApiError):
    """The token is malformed or unknown."""

    code = 401
    prefix = "Unauthorized"


class ForbiddenError(ApiError):
    """The bot was blocked, kicked or never started."""

    code = 403
    prefix = "Forbidden"


class NotFoundError(ApiError):
    """There is no such path or method."""

    code = 404
    prefix = "Not Found"


class ConflictError(ApiError):
    """Another poll or a webhook takes the updates."""

    code = 409
    prefix = "Conflict"


class TooManyRequestsError(ApiError):
    """A rate is exceeded; ``retry_after`` is in whole seconds."""

    code = 429
    prefix = "Too Many Requests"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after}", retry_after=retry_after)


class ChatMigratedError(BadRequestError):
    """The group lives on under another id."""

    def __init__(self, to: int) -> None:
        super().__init__("group chat was upgraded to a supergroup chat", migrate_to_chat_id=to)
