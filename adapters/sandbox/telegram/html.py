"""``parse_mode=HTML`` as TDLib parses it, with its error texts and UTF-8 byte offsets."""

import re
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from adapters.sandbox.telegram.entities import Entity, linked, utf16_length
from adapters.sandbox.telegram.errors import BadRequestError

_KINDS = MappingProxyType(
    {
        "b": "bold",
        "strong": "bold",
        "i": "italic",
        "em": "italic",
        "s": "strikethrough",
        "strike": "strikethrough",
        "del": "strikethrough",
        "u": "underline",
        "ins": "underline",
        "tg-spoiler": "spoiler",
        "span": "spoiler",
        "a": "text_link",
        "tg-emoji": "custom_emoji",
        "tg-time": "date_time",
        "pre": "pre",
        "code": "code",
        "blockquote": "blockquote",
    }
)
_SPACES = " \t\r\n\v\0"
_NAME_END = frozenset(_SPACES + ">")
_ATTRIBUTE_END = frozenset(_SPACES + "=>/\"'")
_TOKEN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
_REFERENCE = re.compile(r"&(?:#[xX](?P<hex>[0-9a-fA-F]*)|#(?P<dec>[0-9]*)|(?P<name>[A-Za-z]*))(?P<end>;?)")
_NAMED = MappingProxyType({"lt": "<", "gt": ">", "amp": "&", "quot": '"'})
_LAST_CODE = 0x10FFFE
_REFERENCE_LENGTH = 10
_TIME_FORMAT = re.compile(r"[rR]?|[wdDtT]*")


class EntityParseError(BadRequestError):
    """The markup is broken."""

    def __init__(self, text: str) -> None:
        super().__init__(f"can't parse entities: {text}")


@dataclass(slots=True, kw_only=True)
class _Tag:
    name: str
    at: int  # where the text inside begins, in UTF-16 units
    piece: int  # the same, in pieces of output
    attributes: dict[str, str] = field(default_factory=dict)


def parse_html(source: str) -> tuple[str, tuple[Entity, ...]]:
    """The text without markup and its entities, not yet repaired. Raises EntityParseError."""
    return _Parser(source).parse()


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source + "\0"  # the same sentinel as in C: nothing reads past it
        self._size = len(source)
        self._i = 0
        self._pieces: list[str] = []
        self._units = 0
        self._open: list[_Tag] = []
        self._entities: list[Entity] = []
        self._has_half_pair = False

    def parse(self) -> tuple[str, tuple[Entity, ...]]:
        while self._i < self._size:
            match self._source[self._i]:
                case "&":
                    self._put(self._reference() or self._one())
                case "<" if self._source[self._i + 1] == "/":
                    self._end_tag()
                case "<":
                    self._start_tag()
                case _:
                    self._put(self._plain())
        if self._open:
            raise EntityParseError(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        text = "".join(self._pieces)
        if self._has_half_pair:
            raise EntityParseError(
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate"
                " code units"
            )
        # A language belongs to a block; inline code has none.
        return text, tuple(replace(e, language=None) if e.type == "code" else e for e in self._entities)

    def _put(self, piece: str) -> None:
        self._pieces.append(piece)
        self._units += utf16_length(piece)

    def _one(self) -> str:
        self._i += 1
        return self._source[self._i - 1]

    def _plain(self) -> str:
        ends = [at for at in (self._source.find("<", self._i), self._source.find("&", self._i)) if at >= 0]
        end = min([*ends, self._size])
        piece, self._i = self._source[self._i : end], end
        return piece

    def _reference(self) -> str:
        """Decode the reference that starts here and step over it; "" and no step if it is none."""
        found = _REFERENCE.match(self._source, self._i)
        if found is None:
            return ""
        if found["name"] is not None:
            character = _NAMED.get(found["name"], "")
        else:
            digits = found["hex"] if found["hex"] is not None else found["dec"]
            # Ten characters and more are no reference, however small the number.
            length = found.end() - found.start() - len(found["end"])
            code = int(digits, 16 if found["hex"] is not None else 10) if digits and length < _REFERENCE_LENGTH else 0
            character = chr(code) if 0 < code <= _LAST_CODE else ""
        if character:
            self._i = found.end()
            self._has_half_pair |= "\ud800" <= character <= "\udfff"
        return character

    def _skip(self, until: frozenset[str]) -> str:
        start = self._i
        while self._source[self._i] not in until:
            self._i += 1
        return self._source[start : self._i]

    def _skip_spaces(self) -> None:
        while self._source[self._i] != "\0" and self._source[self._i] in _SPACES:
            self._i += 1

    def _byte(self, at: int) -> int:
        return len(self._source[:at].encode())

    def _start_tag(self) -> None:
        begin = self._i
        self._i += 1
        name = _lower(self._skip(_NAME_END))
        if self._source[self._i] == "\0":
            raise EntityParseError(f"Unclosed start tag at byte offset {self._byte(begin)}")
        if name not in _KINDS:
            raise EntityParseError(f'Unsupported start tag "{name}" at byte offset {self._byte(begin)}')
        attributes: dict[str, str] = {}
        while self._source[self._i] != ">":
            self._skip_spaces()
            if self._source[self._i] == ">":
                break
            self._attribute(name, begin, attributes)
        self._i += 1
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise EntityParseError(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}')
        self._open.append(_Tag(name=name, at=self._units, piece=len(self._pieces), attributes=attributes))

    def _attribute(self, tag: str, begin: int, attributes: dict[str, str]) -> None:
        name = self._skip(_ATTRIBUTE_END)
        if not name:
            raise EntityParseError(f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(begin)}')
        self._skip_spaces()
        if self._source[self._i] == "\0":
            raise EntityParseError(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
        if self._source[self._i] != "=":
            attributes[name] = ""
            return
        self._i += 1
        self._skip_spaces()
        if self._source[self._i] == "\0":
            raise EntityParseError(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
        quoted = self._source[self._i] in "\"'"
        attributes[name] = self._quoted() if quoted else self._token()
        if self._source[self._i] == "\0":
            raise EntityParseError(f"Unclosed start tag at byte offset {self._byte(begin)}")

    def _token(self) -> str:
        start = self._i
        while self._source[self._i] in _TOKEN:
            self._i += 1
        if self._source[self._i] not in _NAME_END:
            raise EntityParseError(f"Unexpected end of name token at byte offset {self._byte(start)}")
        return _lower(self._source[start : self._i])

    def _quoted(self) -> str:
        quote, pieces = self._one(), []
        while self._source[self._i] not in (quote, "\0"):
            pieces.append((self._reference() if self._source[self._i] == "&" else "") or self._one())
        if self._source[self._i] == quote:
            self._i += 1
        return "".join(pieces)

    def _end_tag(self) -> None:
        begin = self._i
        if not self._open:
            raise EntityParseError(f"Unexpected end tag at byte offset {self._byte(begin)}")
        self._i += 2
        name = _lower(self._skip(_NAME_END))
        self._skip_spaces()
        if self._source[self._i] != ">":
            raise EntityParseError(f"Unclosed end tag at byte offset {self._byte(begin)}")
        self._i += 1
        tag = self._open[-1]
        if name not in ("", tag.name):
            raise EntityParseError(
                f'Unmatched end tag at byte offset {self._byte(begin)}, expected "</{tag.name}>", found "</{name}>"'
            )
        if self._units > tag.at:
            self._close(tag)
        self._open.pop()

    def _close(self, tag: _Tag) -> None:
        entity = Entity(type=_KINDS[tag.name], offset=tag.at, length=self._units - tag.at)
        match tag.name:
            case "a":
                inner = "".join(self._pieces[tag.piece :])
                self._add(linked(entity, tag.attributes.get("href") or inner, strict=False))
            case "tg-emoji":
                self._add(replace(entity, custom_emoji_id=_emoji_id(tag.attributes.get("emoji-id", ""))))
            case "tg-time":
                self._add(_date_time(entity, tag.attributes))
            case "blockquote" if "expandable" in tag.attributes:
                self._add(replace(entity, type="expandable_blockquote"))
            case "pre" | "code":
                self._close_code(entity, tag)
            case _:
                self._add(entity)

    def _close_code(self, entity: Entity, tag: _Tag) -> None:
        marked = tag.attributes.get("class", "")
        language = marked[9:] if tag.name == "code" and marked.startswith("language-") else ""
        inner = self._entities[-1] if self._entities else None
        pair = {"pre": "code", "code": "pre"}[tag.name]
        if inner and (inner.type, inner.offset, inner.length) == (pair, entity.offset, entity.length):
            language = inner.language or language
            if language:
                self._entities[-1] = replace(inner, type="pre", language=language)
                return
        self._add(replace(entity, language=language or None))

    def _add(self, entity: Entity | None) -> None:
        if entity is not None:
            self._entities.append(entity)


def _lower(name: str) -> str:
    """ASCII only, as the parser works on bytes."""
    return "".join(character.lower() if character.isascii() else character for character in name)


def _emoji_id(value: str) -> str:
    if not re.fullmatch(r"-?[0-9]{1,19}", value) or int(value) == 0 or abs(int(value)) >= 1 << 63:
        raise EntityParseError("Invalid custom emoji identifier specified")
    return value


def _date_time(entity: Entity, attributes: dict[str, str]) -> Entity | None:
    look = attributes.get("format", "")
    if not _TIME_FORMAT.fullmatch(look):
        raise EntityParseError("Invalid date format used")
    unix = attributes.get("unix", "")
    if not re.fullmatch(r"[0-9]{1,10}", unix) or not int(unix):
        return None
    return replace(entity, unix_time=int(unix), date_time_format=look or None)
