"""Points in time as readers see them."""

from datetime import datetime

from bot.messages.text import Span


def moment(at: datetime) -> Span:
    """The reader's own time where the platform can, else day and UTC."""
    return Span(text=f"{at.day} {at:%b %Y, %H:%M} UTC", moment=at)
