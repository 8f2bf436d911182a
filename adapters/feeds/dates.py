"""Moments as feeds write them, in RFC 822, ISO 8601 and what people take for these."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_LONGEST = 128
_UNSET_YEARS = 1971
"""Programs without a date write the beginning of an epoch: year 1, 1900, 1970."""

# January to December; enough letters to tell them apart. English, Russian, Azerbaijani, Turkish, German, French.
_MONTHS = (
    ("jan", "янв", "yan", "oca", "jän"),
    ("feb", "фев", "fev", "şub", "fév"),
    ("mar", "мар", "mär"),
    ("apr", "апр", "nis", "avr"),
    ("may", "май", "мая", "mai"),
    ("jun", "июн", "iyn", "iyun", "haz", "juin"),
    ("jul", "июл", "iyl", "iyul", "tem", "juil"),
    ("aug", "авг", "avq", "ağu", "aoû"),
    ("sep", "сен", "sen", "eyl"),
    ("oct", "окт", "okt", "eki"),
    ("nov", "ноя", "noy", "kas"),
    ("dec", "дек", "dek", "ara", "dez", "déc"),
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_WORDED = re.compile(
    r"(?P<day>\d{1,2})\.?[\s-]+(?P<month>[^\W\d_]{3,12})\.?,?[\s-]+(?P<year>\d{4})"
    r"(?:\D{1,6}(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?"
    r"\s*(?P<zone>[+-]\d{2}:?\d{2})?"
)
_NUMBERED = re.compile(
    r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})"
    r"(?:\D{1,3}(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?"
    r"\s*(?P<zone>[+-]\d{2}:?\d{2})?"
)


_NAMES_A_DAY = re.compile(
    r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\d{4}-W\d\d-?\d|(?<!\d)\d{8}(?!\d)|(?<!\d)\d{9,13}(?!\d)"
    r"|\d{1,2}\.?[\s-]+[^\W\d_]{3,12}\.?,?[\s-]+\d{2,4}(?![\d:])"
    r"|[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}"
    r"|[^\W\d_]{3}\s+\d{1,2}\s+\d{2}:\d{2}:\d{2}\s+(?:[A-Z]{2,5}\s+)?\d{4}"
)
"""A day of a month of a year, in any of the ways in which people write these; seconds of an epoch are one too."""


def names_a_day(written: str) -> bool:
    """Whether the text says a day, month and year. Whoever reads a date in any other text has guessed."""
    return len(written) <= _LONGEST and _NAMES_A_DAY.search(written) is not None


def moment(written: str) -> datetime | None:
    """The moment in UTC, None where there is none or none that can be read. Without a zone it is taken for UTC.

    A date in the future stays as it is given.
    """
    text = " ".join(written.split())
    if not names_a_day(text):
        return None
    told = _iso(text) or _worded(text) or _rfc822(text)
    if told is None:
        return None
    try:
        at = told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except OverflowError:
        return None
    return at if at.year >= _UNSET_YEARS else None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _rfc822(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _worded(text: str) -> datetime | None:
    """A day with its month in words or dots; a zone in letters is left to the reading of RFC 822."""
    found = _WORDED.search(text) or _NUMBERED.search(text)
    if found is None or text[found.end() :].strip(" .,)г").upper() not in {"", "Z", "UT", "UTC", "GMT"}:
        return None
    month = int(found["month"]) if found["month"].isdigit() else _month(found["month"].lower())
    if month is None:
        return None
    try:
        return datetime(
            int(found["year"]),
            month,
            int(found["day"]),
            int(found["hour"] or 0),
            int(found["minute"] or 0),
            int(found["second"] or 0),
            tzinfo=_zone(found["zone"]),
        )
    except ValueError:
        return None


def _month(name: str) -> int | None:
    return _MONTH_OF.get(name[:3]) or _MONTH_OF.get(name[:4])


def _zone(written: str | None) -> timezone:
    if written is None:
        return UTC
    hours, minutes = int(written[1:3]), int(written[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if written[0] == "-" else offset)
