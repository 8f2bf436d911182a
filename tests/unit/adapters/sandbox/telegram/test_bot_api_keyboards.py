"""Keyboards are refused where the platform refuses them."""

from typing import Any

import pytest

from adapters.sandbox.telegram.errors import BadRequestError
from adapters.sandbox.telegram.keyboards import judge_markup, read_markup
from adapters.sandbox.telegram.params import Params

PREFIX = "Bad Request: "
BUTTON = "can't parse inline keyboard button: "


def read(markup: object) -> Any:
    found = read_markup(Params({"reply_markup": markup}))
    judge_markup(found)
    return found


@pytest.mark.parametrize(
    ("markup", "refusal"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ("[]", "object expected as reply markup"),
        ({"inline_keyboard": 5}, 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
        ({"inline_keyboard": [5]}, 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
        ({"inline_keyboard": [["x"]]}, BUTTON + "expected an Object"),
        ({"inline_keyboard": [[{"callback_data": "x"}]]}, BUTTON + 'Can\'t find field "text"'),
        ({"inline_keyboard": [[{"text": 5, "callback_data": "x"}]]}, BUTTON + 'Field "text" must be of type String'),
        ({"inline_keyboard": [[{"text": "x"}]]}, BUTTON + "Text buttons are unallowed in the inline keyboard"),
        (
            {"inline_keyboard": [[{"text": "x", "callback_data": "x", "style": "loud"}]]},
            BUTTON + "invalid button style specified",
        ),
        ({"inline_keyboard": [[{"text": " ", "callback_data": "x"}]]}, "inline keyboard button text must be non-empty"),
        (
            {"inline_keyboard": [[{"text": "x", "url": "http://localhost"}]]},
            "inline keyboard button URL 'http://localhost' is invalid: Wrong HTTP URL",
        ),
        ({"inline_keyboard": [[{"text": "x", "callback_data": "ə" * 33}]]}, "BUTTON_DATA_INVALID"),
        ({"inline_keyboard": [[{"text": "x", "callback_data": "a" * 65}]]}, "BUTTON_DATA_INVALID"),
        ({"inline_keyboard": [[{"text": "x", "callback_data": ""}]]}, "BUTTON_DATA_INVALID"),
        ({"inline_keyboard": [[{"text": "x", "copy_text": {"text": "a" * 257}}]]}, "BUTTON_COPY_TEXT_INVALID"),
        ({"inline_keyboard": [[{"text": "x", "pay": True}]]}, "BUTTON_TYPE_INVALID"),
        ({"force_reply": True, "input_field_placeholder": "a" * 65}, "input field placeholder is too long"),
    ],
)
def test_a_wrong_keyboard_is_refused(markup: object, refusal: str) -> None:
    with pytest.raises(BadRequestError) as refused:
        read(markup)
    assert refused.value.description == PREFIX + refusal


def test_callback_data_may_hold_64_bytes() -> None:
    keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": "ə" * 32}]]}
    assert read(keyboard) == keyboard


def test_buttons_beyond_twelve_a_row_and_three_hundred_in_all_are_cut_silently() -> None:
    row = [{"text": "x", "callback_data": "x"}] * 14
    kept = read({"inline_keyboard": [row] * 30})["inline_keyboard"]
    assert {len(line) for line in kept} == {12}
    assert sum(map(len, kept)) == 300


def test_an_empty_keyboard_is_none() -> None:
    assert read({"inline_keyboard": []}) is None
    assert read({"inline_keyboard": [[]]}) is None
    assert read("") is None


def test_a_reply_prompt_may_stand_beside_the_buttons() -> None:
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]], "force_reply": True}
    assert read(markup) == markup
