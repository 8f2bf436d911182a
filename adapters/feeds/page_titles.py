"""Short lines made from longer ones: a title from a lead, a whole-worded teaser from a cut one."""

import re

LONGEST_TITLE = 120
_OPENING = 1_000
"""A first clause is looked for in so many characters, so that a lead of any length takes the same time."""
_ELLIPSIS_LENGTH = 12
_SHORTEST_CLAUSE = 40
_SHORTEST_SENTENCE = 12
_SHORTEST_PHRASE = 60
_CLAUSE_END = re.compile(r"(?P<sentence>[.!?…]+)[\"”»’)\]]*(?=\s|$)|[,;:][\"”»]*(?=\s)|\s[—–-](?=\s)")
_INITIALS = re.compile(r"(?:^|[\s(“\"«-])[^\W\d_](?:\.[^\W\d_])*\.$")
_ABBREVIATION = re.compile(rf"{_INITIALS.pattern}|\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|St|Lt|Col|Jr|No|vs)\.$")
_ELLIPSIS = re.compile(r"\s*[\[(]?(?:\.{2,}|…)[\])]?$")
_QUOTES = (("“", "”"), ("«", "»"), ("„", "“"))
# Words that open a phrase: a good place to stop before, a poor word to end on.
_PHRASE_OPENERS = frozenset(
    (
        *("a", "an", "the", "and", "or", "but", "nor", "of", "in", "on", "at", "to", "for", "from", "by", "with"),
        *("without", "into", "onto", "over", "under", "after", "before", "during", "about", "against", "among"),
        *(
            "between",
            "amid",
            "as",
            "than",
            "that",
            "which",
            "who",
            "whose",
            "where",
            "when",
            "while",
            "because",
            "since",
        ),
        *("until", "through", "towards", "toward", "via", "near", "its", "their", "his", "her"),
        *(
            "и",
            "или",
            "но",
            "а",
            "в",
            "во",
            "на",
            "к",
            "ко",
            "с",
            "со",
            "из",
            "от",
            "до",
            "для",
            "по",
            "о",
            "об",
            "при",
        ),
        *("за", "над", "под", "без", "через", "между", "после", "перед", "что", "который", "которая", "которые"),
        *("где", "когда", "чтобы", "как"),
        *("və", "ilə", "ki", "amma", "lakin", "ve", "ile", "ama"),
    )
)


def derived_title(lead: str) -> str:
    """The first clause of a lead: at most 120 characters, never empty, without a final comma or full stop.

    A longer clause stops before a phrase or else between two words; no name and no quotation is left open. Only a
    single word that is longer than all this is cut, and says so by an ellipsis.
    """
    opening = lead[:_OPENING]
    clause = opening[: _clause_end(opening)].strip()
    title = clause if len(clause) <= LONGEST_TITLE else _shortened(clause)
    return _closed(_without_tail(title)) or _shortened(lead)


def whole_worded(text: str) -> str:
    """A text that was cut with an ellipsis, ending after its last whole word and with one ellipsis.

    A word that the dots touch may be cut, so it goes, and so does an "and" or "of" that would be left hanging.
    """
    mark = _ellipsis(text)
    if mark is None:
        return text
    kept = text[: mark.start()].rstrip(".")
    if mark.group()[0].isspace() or " " not in kept:
        return f"{kept.rstrip(' ,;:')}…"
    return f"{_without_tail(kept.rpartition(' ')[0])}…"


def is_cut(text: str) -> bool:
    """Whether a text ends with an ellipsis."""
    return _ellipsis(text) is not None


def _ellipsis(text: str) -> re.Match[str] | None:
    return _ELLIPSIS.search(text, max(0, len(text) - _ELLIPSIS_LENGTH))


def _clause_end(lead: str) -> int:
    for end in _CLAUSE_END.finditer(lead):
        if end["sentence"] is None:
            if end.start() >= _SHORTEST_CLAUSE:
                return end.start() + (end.group()[-1] in '”»"')
        elif end.start() >= _SHORTEST_SENTENCE and not _ABBREVIATION.search(lead[: end.start() + 1]):
            return end.end()
    return len(lead)


def _shortened(clause: str) -> str:
    words = clause[: LONGEST_TITLE + 1].split(" ")
    if len(words) == 1:
        return clause if len(clause) <= LONGEST_TITLE else clause[: LONGEST_TITLE - 1] + "…"
    whole = words[:-1]
    for count in range(len(whole), 0, -1):
        length = len(" ".join(whole[:count]))
        if length < _SHORTEST_PHRASE:
            break
        if words[count].lower() in _PHRASE_OPENERS:
            return " ".join(whole[:count])
    return " ".join(_outside_a_name(whole, words[-1]))


def _outside_a_name(whole: list[str], following: str) -> list[str]:
    """The words without a run of capitals at the end that the next word would have gone on with."""
    count = len(whole)
    if following[:1].isupper():
        while count and whole[count - 1][:1].isupper():
            count -= 1
    return whole[:count] or whole


def _without_tail(text: str) -> str:
    """The text without hanging words and marks at its end; the text itself if nothing else is in it."""
    words = text.split(" ")
    while len(words) > 1 and (words[-1].lower() in _PHRASE_OPENERS or not any(map(str.isalnum, words[-1]))):
        words.pop()
    bare = " ".join(words).rstrip(",;:—–- ")
    if bare.endswith(".") and not _INITIALS.search(bare[-LONGEST_TITLE:]):
        bare = bare.rstrip(".")
    return bare or text


def _closed(title: str) -> str:
    """The title with its last open quotation closed and nothing of a bracket that does not close."""
    if title.count("(") > title.count(")") and title.rfind("("):
        title = title[: title.rfind("(")].rstrip(" ,")
    for opening, closing in _QUOTES:
        if opening in title and title.rfind(closing) < title.rfind(opening):
            return title + closing if len(title) < LONGEST_TITLE else title.replace(opening, "")
    return title
