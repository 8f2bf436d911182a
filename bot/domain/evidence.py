"""Where in a text the word stands that a match found, so that it can be quoted as the text has it."""

import re

_BETWEEN = r"[\W_]+"
"""What parts the words of one phrase in a text: spaces, hyphens, quotation marks."""


def place_of(word: str, text: str) -> tuple[int, int] | None:
    """Where the first of it begins and ends, None where the text has it no more.

    ``word`` is written as in a ``Match``: its words with one space between, abbreviations without their dots.
    """
    written = [r"\.?".join(map(re.escape, one)) if one.isupper() else re.escape(one) for one in word.split()]
    found = re.search(rf"(?<!\w){_BETWEEN.join(written)}(?!\w)", text) if written else None
    return found.span() if found else None
