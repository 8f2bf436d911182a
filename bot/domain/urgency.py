"""Which news cannot wait."""

import re

_MARKS = (
    "breaking",
    "breaking news",
    "just in",
    "news alert",
    "urgent",
    "срочно",
    "молния",
    "экстренно",
    "son dakika",
    "acil",
    "son dəqiqə",
    "təcili",
)
"""What newsrooms put before a headline, in English, Russian, Turkish and Azerbaijani; case folded."""

_OPENING = re.compile(
    r"[^\w]*(?:{})\s*(?:[:!|/\]\)»”—–-]|$)".format("|".join(map(re.escape, _MARKS))),
)


def is_breaking(title: str) -> bool:
    """Whether the source itself says so at the beginning of its headline, set off by a sign of punctuation."""
    return _OPENING.match(title.casefold().replace("i̇", "i")) is not None
