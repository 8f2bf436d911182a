"""As much YAML as our own Compose files are written in; anything else is refused."""

import re
from collections.abc import Iterator
from typing import Any

_KEY = re.compile(r"(?P<name>[\w<-][\w.<-]*):(?: (?P<rest>.*))?", re.ASCII)
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_ANCHOR = re.compile(r"&(?P<name>\w+)$")
_PLAIN = re.compile(r"[^,\[\]{}\"']+")


class NotOursError(ValueError):
    """Not written as our files are; the sentence names the place."""


def load(text: str) -> dict[str, Any]:
    """The document: a mapping with string keys. Raises NotOursError."""
    if "\t" in text:
        raise NotOursError("there is a tab")
    lines = [
        (number, len(line) - len(line.lstrip()), line.strip())
        for number, full in enumerate(text.splitlines(), start=1)
        if (line := _COMMENT.sub("", full).rstrip())
    ]
    anchors: dict[str, Any] = {}
    read, rest = _mapping(lines, 0, anchors)
    if rest:
        raise NotOursError(f"line {rest[0][0]} is indented oddly")
    return read


_Lines = list[tuple[int, int, str]]


def _mapping(lines: _Lines, indent: int, anchors: dict[str, Any]) -> tuple[dict[str, Any], _Lines]:
    read: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    while lines and lines[0][1] == indent:
        number, _, line = lines[0]
        key = _KEY.fullmatch(line)
        if key is None or key["name"] in read:
            raise NotOursError(f"line {number} is no new key")
        rest = (key["rest"] or "").strip()
        anchor = _ANCHOR.match(rest)
        lines = lines[1:]
        if rest and not anchor:
            value = anchors[rest[1:]] if rest.startswith("*") else _flow(rest)
        elif lines and lines[0][1] > indent:
            value, lines = _mapping(lines, lines[0][1], anchors)
        else:
            raise NotOursError(f"line {number} has no value")
        if anchor:
            anchors[anchor["name"]] = value
        if key["name"] == "<<":
            merged = value
        else:
            read[key["name"]] = value
    return merged | read, lines


def _flow(text: str) -> Any:
    if text[0] not in "[{\"'":
        return text
    pieces = re.findall(r"\"[^\"]*\"|'[^']*'|[\[\]{},]|[^\[\]{},\"']+", text)
    tokens = iter([piece.strip() for piece in pieces if piece.strip()])
    read = _value(_next(tokens), tokens)
    if next(tokens, None) is not None:
        raise NotOursError(f"more than one value: {text}")
    return read


def _value(token: str, tokens: Iterator[str]) -> Any:
    match token:
        case "[":
            return [_value(one, tokens) for one in _until("]", tokens)]
        case "{":
            read: dict[str, Any] = {}
            for one in _until("}", tokens):
                name, _, rest = one.partition(":")
                read[name] = rest.strip() or _value(_next(tokens), tokens)
            return read
        case _ if token[0] in "\"'":
            return token[1:-1]
        case _ if _PLAIN.fullmatch(token):
            return token
        case _:
            raise NotOursError(f"unexpected {token}")


def _next(tokens: Iterator[str]) -> str:
    token = next(tokens, None)
    if token is None:
        raise NotOursError("something is missing at the end")
    return token


def _until(end: str, tokens: Iterator[str]) -> Iterator[str]:
    for token in tokens:
        if token == end:
            return
        if token != ",":
            yield token
    raise NotOursError(f"no {end}")
