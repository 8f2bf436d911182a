"""Text is checked, cleaned and measured in the real server's order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sandbox.telegram.entities import Entity, utf16_length
from adapters.sandbox.telegram.errors import BadRequestError
from adapters.sandbox.telegram.formatted import Formatted, clean, fit_caption, fit_text, read_caption, read_text
from adapters.sandbox.telegram.params import Params


def fitted(text: str, **params: Any) -> Formatted:
    return fit_text(read_text(Params({"text": text, **params})))


def refusal(text: str, **params: Any) -> str:
    with pytest.raises(BadRequestError) as refused:
        fitted(text, **params)
    return refused.value.description.removeprefix("Bad Request: ")


@pytest.mark.parametrize(
    ("text", "params", "words"),
    [
        ("", {"parse_mode": "odd"}, "message text is empty"),
        ("ə" * 16385, {"parse_mode": "odd"}, "text is too long"),
        ("x", {"parse_mode": "odd"}, "unsupported parse_mode"),
        ("<b>", {"parse_mode": "HTML"}, "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
        ("<b></b>", {"parse_mode": "html"}, "text must be non-empty"),
        (" \n\u00a0\u200b ", {}, "text must be non-empty"),
        ("a" * 4097, {}, "message is too long"),
        ("🏟" * 2049, {}, "message is too long"),
        ("\ud800", {}, "strings must be encoded in UTF-8"),
    ],
)
def test_wrong_text_is_refused_by_the_first_check_that_it_fails(text: str, params: Any, words: str) -> None:
    assert refusal(text, **params) == words


def test_length_counts_utf16_units_after_parsing() -> None:
    assert utf16_length(fitted("🏟" * 2048).text) == 4096
    assert len(fitted(f"<b>{'&amp;' * 4096}</b>", parse_mode="HTML").text) == 4096


def test_32768_bytes_are_not_yet_too_many() -> None:
    assert refusal("ə" * 16384) == "message is too long"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  \n a \n ", "a"),
        ("a\r\nb", "a\nb"),
        ("a\tb\x01c", "a b c"),
        ("a\u2028b\u202ec\u030ad\u0333e\u033ff", "abcdef"),
        ("a\u00a0b", "a\u00a0b"),
        ("a\n\n\nb", "a\n\n\nb"),
    ],
)
def test_cleaning_leaves_what_telegram_leaves(before: str, after: str) -> None:
    assert clean(Formatted(text=before)).text == after


def test_entities_move_along_when_the_text_is_cleaned() -> None:
    before = Formatted(text="  🏟\r\nbold\r ", entities=(Entity(type="bold", offset=6, length=6),))
    assert clean(before) == Formatted(text="🏟\nbold", entities=(Entity(type="bold", offset=3, length=4),))


def test_space_inside_the_first_entity_stays() -> None:
    before = Formatted(text="  x", entities=(Entity(type="code", offset=1, length=2),))
    assert clean(before) == Formatted(text=" x", entities=(Entity(type="code", offset=0, length=2),))


@given(st.text(), st.integers(0, 20), st.integers(1, 20))
def test_entities_never_leave_the_cleaned_text(text: str, offset: int, length: int) -> None:
    total = utf16_length(text)
    starts = {utf16_length(text[:at]) for at in range(len(text) + 1)}
    if offset + length > total or offset not in starts or offset + length not in starts:
        return
    cleaned = clean(Formatted(text=text, entities=(Entity(type="bold", offset=offset, length=length),)))
    assert all(0 <= e.offset < e.end <= utf16_length(cleaned.text) for e in cleaned.entities)


@pytest.mark.parametrize(
    ("entity", "words"),
    [
        ({"offset": 0, "length": 1}, "can't parse MessageEntity: Can't find field \"type\""),
        ({"type": "loud", "offset": 0, "length": 1}, "can't parse MessageEntity: Unsupported type specified"),
        ({"type": "bold", "offset": -1, "length": 1}, "receive an entity with incorrect offset -1"),
        ({"type": "bold", "offset": 0, "length": -2}, "receive an entity with incorrect length -2"),
        ({"type": "bold", "offset": 1, "length": 1}, "entity begins in a middle of a UTF-16 symbol at byte offset 0"),
        ({"type": "bold", "offset": 0, "length": 1}, "entity ends in a middle of a UTF-16 symbol at byte offset 0"),
        (
            {"type": "bold", "offset": 2, "length": 9},
            "entity beginning at UTF-16 offset 2 ends after the end of the text at UTF-16 offset 11",
        ),
        (
            {"type": "text_link", "offset": 0, "length": 2, "url": "nowhere"},
            "entity URL 'nowhere' is invalid: Wrong HTTP URL",
        ),
    ],
)
def test_wrong_entities_given_directly_are_refused(entity: dict[str, object], words: str) -> None:
    assert refusal("🏟 tail", entities=[entity]) == words


def test_entities_given_directly_are_kept_and_what_the_server_finds_itself_is_found_anew() -> None:
    entities = [{"type": "bold", "offset": 0, "length": 2}, {"type": "url", "offset": 0, "length": 2}]
    found = fitted("🏟 see https://x.y/z.", entities=entities).entities
    assert [(e.type, e.offset, e.length) for e in found] == [("bold", 0, 2), ("url", 7, 13)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start@some_bot now", [("bot_command", 0, 15)]),
        ("see /help, or /story 5", [("bot_command", 4, 5), ("bot_command", 14, 6)]),
        ("and/or 5/6", []),
        ("@reader_1: #news!", [("mention", 0, 9), ("hashtag", 11, 5)]),
        ("a@b.example", [("email", 0, 11)]),
        ("t.me/x?start=y (www.z.example)", [("url", 0, 14), ("url", 16, 13)]),
    ],
)
def test_commands_mentions_and_links_are_found_in_plain_text(text: str, found: list[tuple[str, int, int]]) -> None:
    assert [(e.type, e.offset, e.length) for e in fitted(text).entities] == found


def test_a_caption_may_be_empty_and_holds_1024() -> None:
    assert fit_caption(read_caption(Params({}))) == Formatted(text="")
    assert len(fit_caption(read_caption(Params({"caption": "a" * 1024}))).text) == 1024
    with pytest.raises(BadRequestError, match="message caption is too long"):
        fit_caption(read_caption(Params({"caption": "a" * 1025})))
