"""Buttons and forms as Discord gets them."""

import pytest

from adapters.discord.controls import first_token, modal, rows
from adapters.sandbox.discord.modal_rules import check_modal
from bot.messages.action import Action, ActionCodec, Verb
from bot.messages.form import FieldKind, Form, FormField, Option
from bot.messages.post import Control, Post, Tone

_CODEC = ActionCodec(b"a key for tests")
_READ, _LEAF = Action(verb=Verb.READ, subject=7), Action(verb=Verb.LEAF, subject=7, page=1)
_STANCE = FormField(
    name="stance",
    label="Where do you stand?",
    kind=FieldKind.CHOICE,
    options=(Option(value="for", label="For"), Option(value="against", label="Against")),
    value="against",
)
_FORM = Form(
    action=Action(verb=Verb.OPINE, subject=7),
    title="Your opinion",
    prompt="What do you think?",
    fields=(
        _STANCE,
        FormField(
            name="words",
            label="In your words",
            max_length=1000,
            placeholder="At last …",
            value="Good.",
            is_required=True,
        ),
    ),
)


def _ids(*controls: Control) -> list[str | None]:
    return [button["custom_id"] if "custom_id" in button else button.get("url") for row in rows((controls,), _CODEC)
            for button in row.to_component_dict()["components"]]  # fmt: skip


def test_the_same_action_twice_is_one_button() -> None:
    read = Control(label="Read", action=_READ)
    assert _ids(read, Control(label="Again", action=_READ)) == [_CODEC.encode(_READ)]
    assert len(list(rows(((read,), (read,)), _CODEC))) == 1


def test_a_resting_button_does_not_take_the_id_of_one_that_acts() -> None:
    assert _ids(Control(label="2 / 3", action=_LEAF, is_disabled=True), Control(label="›", action=_LEAF)) == [
        "still-0-0",
        _CODEC.encode(_LEAF),
    ]


@pytest.mark.parametrize(
    "control",
    [
        Control(label=" ", action=_READ),
        Control(label="Source", link="javascript:alert(1)"),
        Control(label="Source", link="https://a.example/" + "a" * 500),
        Control(label="Nothing"),
    ],
)
def test_a_button_that_discord_would_refuse_is_left_out(control: Control) -> None:
    assert _ids(control) == []


def test_a_message_is_known_again_by_its_first_button_that_acts() -> None:
    still = Control(label="1 / 3", action=_READ, is_disabled=True)
    post = Post(
        tone=Tone.NEWS,
        controls=((still, Control(label="Source", link="https://a.example")), (Control(label="›", action=_LEAF),)),
    )
    assert first_token(post, _CODEC) == _CODEC.encode(_LEAF)
    assert first_token(Post(tone=Tone.NEWS, controls=((still,),)), _CODEC) is None


def test_a_form_is_a_modal_that_carries_its_action() -> None:
    assert modal(_FORM, _CODEC).to_dict() == {
        "title": "Your opinion",
        "custom_id": _CODEC.encode(_FORM.action),
        "components": [
            {
                "type": 18,
                "label": "Where do you stand?",
                "component": {
                    "type": 21,
                    "custom_id": "stance",
                    "required": False,
                    "options": [
                        {"label": "For", "value": "for", "default": False},
                        {"label": "Against", "value": "against", "default": True},
                    ],
                },
            },
            {
                "type": 18,
                "label": "In your words",
                "component": {
                    "type": 4,
                    "style": 2,
                    "label": None,
                    "custom_id": "words",
                    "required": True,
                    "max_length": 1000,
                    "placeholder": "At last …",
                    "value": "Good.",
                },
            },
        ],
    }


@pytest.mark.parametrize("count", [1, 2, 10, 11, 30])
def test_a_choice_of_any_size_is_one_that_discord_takes(count: int) -> None:
    options = tuple(Option(value=str(number), label="x" * 120) for number in range(count))
    field = FormField(name="stance", label="y" * 60, kind=FieldKind.CHOICE, options=options)
    check_modal(modal(Form(action=_READ, title="z" * 60, prompt="", fields=(field,)), _CODEC).to_dict())


def test_more_fields_than_discord_shows_are_left_out() -> None:
    fields = tuple(FormField(name=f"f{number}", label="Words", max_length=5000) for number in range(7))
    shown = modal(Form(action=_READ, title="Many", prompt="", fields=fields), _CODEC).to_dict()
    check_modal(shown)
    assert len(shown["components"]) == 5


def test_a_short_answer_gets_one_line() -> None:
    field = FormField(name="name", label="Name", max_length=50)
    shown = modal(Form(action=_READ, title="Name", prompt="", fields=(field,)), _CODEC).to_dict()
    assert shown["components"][0]["component"]["style"] == 1
