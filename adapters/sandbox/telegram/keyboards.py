"""Keyboards and reply prompts under a message, refused as the real server refuses them."""

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.sandbox.telegram.errors import BadRequestError
from adapters.sandbox.telegram.links import checked_link
from adapters.sandbox.telegram.params import Params

CALLBACK_BYTES_AT_MOST = 64
COPY_TEXT_AT_MOST = 256
PLACEHOLDER_AT_MOST = 64
# TDLib cuts silently beyond these.
ROW_AT_MOST = 12
BUTTONS_AT_MOST = 300

_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
)
_STYLES = ("danger", "success", "primary")
_OTHERS = ("keyboard", "remove_keyboard", "force_reply")


def read_markup(params: Params) -> Mapping[str, Any] | None:
    """The call's ``reply_markup``, checked; None when absent or an empty inline keyboard."""
    raw = params.json("reply_markup", "reply keyboard markup")
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise BadRequestError("object expected as reply markup")
    if "inline_keyboard" in raw:
        rows = _rows(raw["inline_keyboard"])
        kept = {name: raw[name] for name in ("force_reply", "selective", "input_field_placeholder") if name in raw}
        return {"inline_keyboard": rows, **_prompt(kept)} if rows or kept else None
    if raw.get("force_reply"):
        return _prompt(raw)
    if any(name in raw for name in _OTHERS):
        return raw
    return None


def _prompt(raw: Mapping[str, Any]) -> dict[str, Any]:
    if len(str(raw.get("input_field_placeholder", ""))) > PLACEHOLDER_AT_MOST:
        raise BadRequestError("input field placeholder is too long")
    return dict(raw)


def _rows(raw: object) -> list[list[dict[str, Any]]]:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or not all(isinstance(row, list) for row in raw):
        raise BadRequestError('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    rows: list[list[dict[str, Any]]] = []
    left = BUTTONS_AT_MOST
    for row in raw:
        buttons = [_button(button) for button in row][: min(ROW_AT_MOST, left)]
        left -= len(buttons)
        if buttons:
            rows.append(buttons)
    return rows


def _button(raw: object) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise BadRequestError("can't parse inline keyboard button: expected an Object")
    if "text" not in raw:
        raise BadRequestError("can't parse inline keyboard button: Can't find field \"text\"")
    if not isinstance(raw["text"], str):
        raise BadRequestError('can\'t parse inline keyboard button: Field "text" must be of type String')
    if raw.get("style") is not None and raw["style"] not in _STYLES:
        raise BadRequestError("can't parse inline keyboard button: invalid button style specified")
    actions = [name for name in _ACTIONS if raw.get(name) is not None]
    if not actions:
        raise BadRequestError("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if not raw["text"].strip():
        raise BadRequestError("inline keyboard button text must be non-empty")
    return _checked(dict(raw), actions[0])


def _checked(button: dict[str, Any], action: str) -> dict[str, Any]:
    value = button[action]
    match action:
        case "url":
            url = checked_link(str(value))
            if url is None:
                raise BadRequestError(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
            return {**button, "url": url}
        case "callback_data":
            return {**button, "callback_data": str(value)}
        case _:
            return button


def judge_markup(markup: Mapping[str, Any] | None) -> None:
    """What the back end refuses, after all else was found in order. Raises BadRequestError with its raw codes."""
    for row in (markup or {}).get("inline_keyboard", []):
        for button in row:
            _judge(button)


def _judge(button: Mapping[str, Any]) -> None:
    data, copied = button.get("callback_data"), button.get("copy_text")
    if data is not None and not 1 <= len(data.encode()) <= CALLBACK_BYTES_AT_MOST:
        raise BadRequestError("BUTTON_DATA_INVALID")
    words = copied.get("text") if isinstance(copied, dict) else ""
    if copied is not None and (not isinstance(words, str) or not 1 <= len(words) <= COPY_TEXT_AT_MOST):
        raise BadRequestError("BUTTON_COPY_TEXT_INVALID")
    if "pay" in button or "callback_game" in button:
        raise BadRequestError("BUTTON_TYPE_INVALID")
