"""Discord's markdown, read once and written either as plain words or as safe HTML."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

_RUN = r"(?:\\.|[^\\])+?"
_INLINE = re.compile(
    rf"""
      \\(?P<escaped>[^0-9A-Za-z\s])
    | (?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)
    | <t:(?P<time>-?\d{{1,13}})(?::(?P<style>[tTdDfFRsS]))?>
    | <(?P<sigil>@!?|@&|\#)(?P<mention>\d+)>
    | </(?P<command>[^:>]+):\d+>
    | <a?:(?P<emoji>\w+):\d+>
    | \[(?P<label>(?:\\.|[^\]\\])+)\]\(<?(?P<link>https?://[^\s)>]+)>?(?:\s"[^"]*")?\)
    | <(?P<quiet>https?://[^\s>]+)>
    | (?P<bare>https?://[^\s<>]*[^\s<>.,:;!?"')\]])
    | \*\*(?P<bold>{_RUN})\*\*(?!\*)
    | __(?P<underline>{_RUN})__(?!_)
    | \*(?=\S)(?P<italic>{_RUN})(?<![\s\\])\*(?!\*)
    | \b_(?P<slanted>{_RUN})_\b
    | ~~(?P<strike>{_RUN})~~
    | \|\|(?P<spoiler>{_RUN})\|\|
    """,
    re.VERBOSE | re.DOTALL,
)
_SPECIAL = re.compile(r"[\\`<\[*_~|]|https?://")
_BLOCK = re.compile(
    r"^(?:(?P<heading>\#{1,3})\s+|(?P<small>-\#)\s+|(?P<quote>>(?:>>)?)\s|(?P<item>\s*(?:[-*]|\d+\.))\s+)"
)
_FENCE = re.compile(r"```(?:[\w+-]*\n)?(.*?)```", re.DOTALL)
_BULLET = re.compile(r"[-*]$")
_BOLD_LINE = re.compile(rf"^\*\*({_RUN})\*\*$")

_TAGS = {"bold": "strong", "underline": "u", "italic": "em", "slanted": "em", "strike": "s"}
_AGES = (("year", 31_536_000), ("month", 2_592_000), ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))
_FORMS = {
    "t": "%H:%M",
    "T": "%H:%M:%S",
    "d": "%d/%m/%Y",
    "D": "%d %B %Y",
    "f": "%d %B %Y %H:%M",
    "F": "%A, %d %B %Y %H:%M",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader's client knows when it draws: names by id, and the time (Unix seconds)."""

    names: Mapping[str, str]
    now: float


def plain(text: str, reading: Reading) -> str:
    """The words that a person sees, line for line."""
    parts = _FENCE.split(text)
    return "".join(
        part if index % 2 else "\n".join(_plain_line(line, reading) for line in part.split("\n"))
        for index, part in enumerate(parts)
    ).strip()


def html(text: str, reading: Reading) -> str:
    """The same drawn; everything that is not markup of ours is escaped."""
    parts = _FENCE.split(text.strip())
    return "".join(
        f"<pre><code>{escape(part)}</code></pre>" if index % 2 else _blocks(part, reading)
        for index, part in enumerate(parts)
    )


def title_of(text: str, reading: Reading) -> str | None:
    """The first heading, or the first line if all of it is bold."""
    lines = [line.strip() for line in text.strip().split("\n")]
    for line in lines:
        if (block := _BLOCK.match(line)) and block["heading"]:
            return _inline(line[block.end() :], reading, _as_words)
    bold = _BOLD_LINE.match(lines[0])
    return _inline(bold[1], reading, _as_words) if bold else None


def has_times(text: str) -> bool:
    """Whether the words change as time goes by."""
    return "<t:" in text


def _plain_line(line: str, reading: Reading) -> str:
    block = _BLOCK.match(line)
    if not block:
        return _inline(line, reading, _as_words)
    words = _inline(line[block.end() :], reading, _as_words)
    return f"{_BULLET.sub('•', block['item'])} {words}" if block["item"] else words


def _blocks(text: str, reading: Reading) -> str:
    drawn: list[str] = []
    run: list[str] = []

    def close_run() -> None:
        if run:
            drawn.append(f"<p>{'<br>'.join(run)}</p>")
            run.clear()

    for line in text.split("\n"):
        block = _BLOCK.match(line)
        if not line.strip():
            close_run()
        elif block:
            close_run()
            drawn.append(_block(block, _inline(line[block.end() :], reading, _as_html)))
        else:
            run.append(_inline(line, reading, _as_html))
    close_run()
    return "".join(drawn)


def _block(block: re.Match[str], inner: str) -> str:
    if block["heading"]:
        # The page has its own headings above; a message's start at the third level.
        level = len(block["heading"]) + 2
        return f"<h{level}>{inner}</h{level}>"
    if block["small"]:
        return f"<small>{inner}</small>"
    if block["quote"]:
        return f"<blockquote>{inner}</blockquote>"
    return f'<p class="dc-item">{escape(block["item"].strip())} {inner}</p>'


def _inline(text: str, reading: Reading, write: Callable[[re.Match[str], Reading], str]) -> str:
    keep = escape if write is _as_html else str
    if not _SPECIAL.search(text):
        return keep(text)
    written, done = [], 0
    for match in _INLINE.finditer(text):
        written += [keep(text[done : match.start()]), write(match, reading)]
        done = match.end()
    return "".join([*written, keep(text[done:])])


def _as_words(match: re.Match[str], reading: Reading) -> str:
    kind = match.lastgroup
    assert kind is not None  # noqa: S101  # every branch of the pattern has a name
    if match["label"]:
        return _inline(match["label"], reading, _as_words)
    if kind in _TAGS or kind == "spoiler":
        return _inline(match[kind], reading, _as_words)
    return _atom(match, reading)


def _as_html(match: re.Match[str], reading: Reading) -> str:
    kind = match.lastgroup
    assert kind is not None  # noqa: S101  # every branch of the pattern has a name
    if match["label"]:
        return _anchor(match["link"], _inline(match["label"], reading, _as_html))
    if kind in _TAGS:
        return f"<{_TAGS[kind]}>{_inline(match[kind], reading, _as_html)}</{_TAGS[kind]}>"
    if kind == "spoiler":
        return f'<span class="dc-spoiler">{_inline(match[kind], reading, _as_html)}</span>'
    return _atom_html(match, escape(_atom(match, reading)))


def _atom_html(match: re.Match[str], words: str) -> str:
    if match["time"]:
        return f'<time data-unix="{match["time"]}" data-style="{match["style"] or "f"}">{words}</time>'
    if match["code"]:
        return f"<code>{words}</code>"
    if match["quiet"] or match["bare"]:
        return _anchor(match["quiet"] or match["bare"], words)
    return f'<span class="dc-mention">{words}</span>' if match["mention"] else words


def _anchor(url: str, inner: str) -> str:
    return f'<a href="{escape(url)}" rel="noreferrer noopener nofollow" target="_blank">{inner}</a>'


def _atom(match: re.Match[str], reading: Reading) -> str:
    """What has nothing nested in it."""
    if match["time"]:
        return moment(int(match["time"]), match["style"] or "f", reading.now)
    if match["mention"]:
        sign = "#" if match["sigil"] == "#" else "@"
        return sign + reading.names.get(match["mention"], "unknown")
    if match["command"]:
        return "/" + match["command"]
    if match["emoji"]:
        return f":{match['emoji']}:"
    if match["code"]:
        return match["code"].strip() or match["code"]
    return match["escaped"] or match["quiet"] or match["bare"] or match[0]


def moment(unix: int, style: str, now: float) -> str:
    """A Discord timestamp in words, in UTC; style R is the distance from now."""
    if style != "R":
        try:
            return datetime.fromtimestamp(unix, UTC).strftime(_FORMS.get(style, _FORMS["f"]))
        except (ValueError, OverflowError, OSError):
            return str(unix)
    distance = abs(now - unix)
    for unit, seconds in _AGES:
        count = int(distance // seconds)
        if count:
            words = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"{words} ago" if unix <= now else f"in {words}"
    return "now"
