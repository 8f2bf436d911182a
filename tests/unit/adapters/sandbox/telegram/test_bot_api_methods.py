"""Whatever a bot sends, a method answers or refuses; it never breaks."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sandbox.contract import Ground, Strictness
from adapters.sandbox.store import Store
from adapters.sandbox.telegram.api import Api
from adapters.sandbox.telegram.errors import BadRequestError
from adapters.sandbox.telegram.methods import METHODS
from adapters.sandbox.telegram.params import Params
from tests.unit.adapters.sandbox.telegram.house import (
    CHANNEL,
    GROUP,
    READER_1,
    CountingPulse,
    HandClock,
    HandFaults,
)

# These wait, or reach out.
APART = {"getupdates", "setwebhook", "deletewebhook", "sendphoto"}
NAMES = """
    chat_id text parse_mode entities link_preview_options reply_parameters reply_to_message_id reply_markup message_id
    message_ids caption caption_entities user_id commands scope language_code name description short_description action
    reaction callback_query_id url ephemeral_message_parameters receiver_user_id ephemeral_message_id
"""
PARTS = """
    inline_keyboard text callback_data url copy_text force_reply type offset length language user id message_id chat_id
    receiver_user_id ephemeral_message_id callback_query_id command description emoji is_disabled
"""
KINDS = ["bold", "text_link", "text_mention", "pre", "date_time", "emoji", "chat", "chat_member", "default"]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.sampled_from([GROUP, CHANNEL, READER_1, int(GROUP), int(READER_1), "HTML", "<b>x</b>", "typing", "en", *KINDS])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PARTS.split()), inner, max_size=5),
    max_leaves=8,
)


# Almost right, so that the checks behind the first are reached too.
PIECE = st.dictionaries(
    st.sampled_from(PARTS.split()), LEAVES | st.dictionaries(st.sampled_from(PARTS.split()), LEAVES)
)
ENTITY = st.fixed_dictionaries(
    {
        "type": st.sampled_from(KINDS) | LEAVES,
        "offset": st.integers(-1, 3) | LEAVES,
        "length": st.integers(0, 3) | LEAVES,
    },
    optional={"url": LEAVES, "user": PIECE, "unix_time": LEAVES, "language": LEAVES},
)
BUTTON = st.fixed_dictionaries(
    {"text": st.just("x")},
    optional={"url": LEAVES, "callback_data": LEAVES, "copy_text": PIECE | LEAVES, "style": LEAVES, "disabled": LEAVES},
)
LIKELY = st.fixed_dictionaries(
    {},
    optional={
        "entities": st.lists(ENTITY, max_size=3),
        "reply_markup": st.fixed_dictionaries({"inline_keyboard": st.lists(st.lists(BUTTON, max_size=2), max_size=2)}),
        "reply_parameters": PIECE,
        "message_id": st.just(1),
        "ephemeral_message_parameters": st.fixed_dictionaries({"receiver_user_id": st.just(int(READER_1))}) | PIECE,
        "link_preview_options": PIECE,
        "commands": st.lists(PIECE, max_size=2),
        "scope": PIECE,
        "reaction": st.lists(PIECE, max_size=2),
        "action": st.just("typing"),
    },
)


def fresh() -> Api:
    clock = HandClock()
    store = Store(None, clock)
    ground = Ground(
        documents=store,
        ledger=store,
        faults=HandFaults(),
        pulse=CountingPulse(),
        clock=clock,
        strictness=Strictness(rates=False),
        public_url="http://127.0.0.1:1",
    )
    return Api(ground)


def answered_or_refused(api: Api, name: str, values: dict[str, Any]) -> str | None:
    """The refusal's text, None when it was answered."""

    async def called() -> str | None:
        await METHODS["sendmessage"](api, Params({"chat_id": GROUP, "text": "first"}))
        try:
            json.dumps(await METHODS[name](api, Params({"chat_id": GROUP, "text": "x", **values}))).encode()
        except BadRequestError as refusal:
            return refusal.description
        return None

    return asyncio.run(called())


@given(st.sampled_from(sorted(set(METHODS) - APART)), st.dictionaries(st.sampled_from(NAMES.split()), VALUES))
def test_any_parameters_are_answered_or_refused(name: str, values: dict[str, Any]) -> None:
    answered_or_refused(fresh(), name, values)


@settings(max_examples=150)
@given(
    st.sampled_from(["sendmessage", "editmessagetext", "setmycommands", "setmessagereaction", "sendchataction"]), LIKELY
)
def test_almost_right_parameters_are_answered_or_refused(name: str, values: dict[str, Any]) -> None:
    answered_or_refused(fresh(), name, values)


SECRET = {"receiver_user_id": 700000001}


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"chat_id": "--5"}, "chat not found"),
        ({"chat_id": "9" * 5000}, "chat not found"),
        ({"chat_id": 1.5}, "chat not found"),
        ({"reply_parameters": {"message_id": "x"}}, "can't parse reply parameters JSON object"),
        ({"reply_parameters": {"message_id": float("inf")}}, "can't parse reply parameters JSON object"),
        ({"link_preview_options": {"url": 5}}, 'can\'t parse link preview options: Field "url" must be of type String'),
        ({"entities": {}}, None),
        ({"entities": [5]}, "can't parse MessageEntity: expected an Object"),
        (
            {"entities": [{"type": "text_mention", "offset": 0, "length": 1, "user": {"id": "x"}}]},
            "can't parse MessageEntity: Field must be of type Number",
        ),
        ({"entities": [{"type": "text_mention", "offset": 0, "length": 1, "user": {"id": 5}}]}, None),
        ({"text": '<a href="tg://user?id=5">x</a>', "parse_mode": "HTML"}, None),
        (
            {"reply_markup": '{"inline_keyboard": [[{"text": "\\ud800", "url": "x.y"}]]}'},
            "strings must be encoded in UTF-8",
        ),
        ({"ephemeral_message_parameters": SECRET}, "BOT_NOT_ADMIN"),
        (
            {"ephemeral_message_parameters": SECRET, "reply_parameters": {"ephemeral_message_id": "x"}},
            "message to be replied not found",
        ),
        (
            {"ephemeral_message_parameters": {"receiver_user_id": "x"}},
            "can't parse EphemeralMessageParameters: Can't find field \"receiver_user_id\"",
        ),
    ],
)
def test_odd_parameters_of_a_send_get_a_clear_refusal(values: dict[str, Any], refusal: str | None) -> None:
    expected = None if refusal is None else f"Bad Request: {refusal}"
    assert answered_or_refused(fresh(), "sendmessage", values) == expected
