"""Bodies that Discord takes, and bodies that it refuses."""

from collections.abc import Mapping
from typing import Any

import pytest

from adapters.sandbox.discord.message_rules import COMPONENTS_V2, check_new
from adapters.sandbox.discord.refusals import RefusedError

Json = dict[str, Any]


def text(content: str) -> Json:
    return {"type": 10, "content": content}


def button(custom_id: str = "1:read", **more: Any) -> Json:
    return {"type": 2, "style": 2, "label": "Read", "custom_id": custom_id, **more}


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components)}


def link(url: str) -> Json:
    return {"type": 2, "style": 5, "label": "Open", "url": url}


def section(*texts: Json) -> Json:
    return {"type": 9, "components": list(texts), "accessory": button()}


def container(*components: Json) -> Json:
    return {"type": 17, "components": list(components)}


def v2(*components: Json, **more: Any) -> Json:
    return {"flags": COMPONENTS_V2, "components": list(components), **more}


def select(options: int, **more: Any) -> Json:
    choices = [{"label": str(number), "value": str(number)} for number in range(options)]
    return {"type": 3, "custom_id": "s", "options": choices, **more}


def embeds(*lengths: int) -> Json:
    return {"embeds": [{"description": "d" * length} for length in lengths]}


def poll(question: int = 10, answers: int = 2, answer: int = 10, hours: float = 24) -> Json:
    options = [{"poll_media": {"text": "a" * answer}} for _ in range(answers)]
    return {"poll": {"question": {"text": "q" * question}, "answers": options, "duration": hours}}


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2000},
        {"content": "x", "nonce": "n" * 25},
        {"content": "x", "components": [row(*(button(str(n)) for n in range(5)))]},
        {"components": [row(select(25))]},
        v2(text("x" * 4000)),
        v2(container(*(text("x") for _ in range(39)))),
        v2(container(section(text("a"), text("b"), text("c")), row(link("https://paper.example/a")))),
        v2(text("x" * 1000), text("y" * 3000)),
        embeds(4096, 1904),
        embeds(*[10] * 10),
        {"embeds": [{"title": f"  {'t' * 256}  "}]},
        poll(300, 10, 55, 768),
        {"content": "x", "allowed_mentions": {"parse": ["roles"], "users": ["1"] * 100}},
    ],
    ids=str,
)
def test_a_body_at_its_limits_is_taken(body: Json) -> None:
    check_new(body)


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"content": "x" * 2001}, "content", "BASE_TYPE_MAX_LENGTH"),
        ({"content": 5}, "content", "STRING_TYPE_CONVERT"),
        ({"content": "x", "nonce": "n" * 26}, "nonce", "BASE_TYPE_MAX_LENGTH"),
        ({"components": [row(button()) for _ in range(6)]}, "components", "BASE_TYPE_BAD_LENGTH"),
        ({"components": [text("x")]}, "components.0", "UNION_TYPE_CHOICES"),
        ({"components": [button()]}, "components.0", "UNION_TYPE_CHOICES"),
        ({"components": [row(*(button(str(n)) for n in range(6)))]}, "components.0.components", "BASE_TYPE_BAD_LENGTH"),
        ({"components": [row()]}, "components.0.components", "BASE_TYPE_BAD_LENGTH"),
        ({"components": [row(button("a"), button("a"))]}, "components.0.components.1.custom_id",
         "COMPONENT_CUSTOM_ID_DUPLICATED"),
        ({"components": [row(button("c" * 101))]}, "components.0.components.0.custom_id", "BASE_TYPE_BAD_LENGTH"),
        ({"components": [row(button(label="l" * 81))]}, "components.0.components.0.label", "BASE_TYPE_MAX_LENGTH"),
        ({"components": [row(button(label=None))]}, "components.0.components.0",
         "BUTTON_COMPONENT_INVALID_LABEL_AND_EMOJI"),
        ({"components": [row(link("ftp://paper.example"))]}, "components.0.components.0.url",
         "URL_TYPE_INVALID_SCHEME"),
        ({"components": [row(link("https://" + "u" * 505))]}, "components.0.components.0.url", "BASE_TYPE_BAD_LENGTH"),
        ({"components": [row(select(26))]}, "components.0.components.0.options", "BASE_TYPE_BAD_LENGTH"),
        ({"components": [row(select(1), button())]}, "components.0.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
        (v2(text("x"), content="y"), "content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"),
        (v2(text("x"), **embeds(5)), "embeds", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"),
        (v2(text("x"), **poll()), "poll", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"),
        (v2(text("")), "components.0.content", "BASE_TYPE_BAD_LENGTH"),
        (v2(text("x" * 2000), text("y" * 2001)), "components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"),
        (v2(container(*(text("x") for _ in range(40)))), "components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"),
        (v2(section(*(text("x") for _ in range(4)))), "components.0.components", "BASE_TYPE_BAD_LENGTH"),
        (v2({"type": 9, "components": [text("x")]}), "components.0.accessory", "BASE_TYPE_REQUIRED"),
        (v2(container(container(text("x")))), "components.0.components.0", "UNION_TYPE_CHOICES"),
        (v2({"type": 12, "items": []}), "components.0.items", "BASE_TYPE_BAD_LENGTH"),
        (v2({"type": 12, "items": [{"media": {"url": "javascript:x"}}]}), "components.0.items.0.media.url",
         "URL_TYPE_INVALID_SCHEME"),
        (embeds(*[1] * 11), "embeds", "BASE_TYPE_MAX_LENGTH"),
        (embeds(4096, 1905), "embeds", "MAX_EMBED_SIZE_EXCEEDED"),
        ({"embeds": [{"title": "t" * 257}]}, "embeds.0.title", "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"fields": [{"name": "", "value": "v"}]}]}, "embeds.0.fields.0.name", "BASE_TYPE_BAD_LENGTH"),
        (poll(question=301), "poll.question.text", "BASE_TYPE_BAD_LENGTH"),
        (poll(answers=11), "poll.answers", "BASE_TYPE_BAD_LENGTH"),
        (poll(answer=56), "poll.answers.0.poll_media.text", "BASE_TYPE_BAD_LENGTH"),
        (poll(hours=769), "poll.duration", "NUMBER_TYPE_MAX"),
        ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "allowed_mentions",
         "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"),
    ],
    ids=str,
)  # fmt: skip
def test_a_body_beyond_a_limit_is_refused_at_its_place(body: Json, path: str, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        check_new(body)
    assert caught.value.body["code"] == 50035
    branch: Mapping[str, Any] = caught.value.body["errors"]
    for step in path.split("."):
        branch = branch[step]
    assert code in {error["code"] for error in branch["_errors"]}


def test_text_too_heavy_in_bytes_breaks_the_server_as_the_real_one() -> None:
    check_new(v2(text("я" * 3000 + "漢" * 1000)))
    check_new(v2(text("漢" * 3386)))
    with pytest.raises(RefusedError) as caught:
        check_new(v2(text("漢" * 3387)))
    assert caught.value.status == 500


def test_each_text_display_weighs_twelve_bytes_more() -> None:
    check_new(v2(text("漢" * 3000), text("漢" * 382)))
    with pytest.raises(RefusedError) as caught:
        check_new(v2(text("漢" * 3000), text("漢" * 383)))
    assert caught.value.status == 500


def test_the_answer_to_an_interaction_has_its_errors_under_data() -> None:
    with pytest.raises(RefusedError) as caught:
        check_new({"content": "x" * 2001}, under="data")
    assert set(caught.value.body["errors"]) == {"data"}


@pytest.mark.parametrize("body", [{}, {"content": " "}, {"components": []}, v2()])
def test_an_empty_message_has_an_error_of_its_own(body: Json) -> None:
    with pytest.raises(RefusedError) as caught:
        check_new(body)
    assert caught.value.body["code"] == 50006


def test_a_file_is_enough_for_a_message() -> None:
    check_new({}, files=1)
