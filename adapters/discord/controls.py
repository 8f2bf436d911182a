"""Controls as Discord's buttons, and forms as its modals."""

from collections.abc import Iterator
from typing import Final

from discord import ButtonStyle, RadioGroupOption, SelectOption, TextStyle, ui

from adapters.discord.addresses import fit_address
from adapters.discord.limits import (
    MAX_CHOICE,
    MAX_FIELD_LABEL,
    MAX_FORM_FIELDS,
    MAX_FORM_TITLE,
    MAX_INPUT,
    MAX_LINK,
    MAX_PLACEHOLDER,
    MAX_RADIO_OPTIONS,
    MAX_SELECT_OPTIONS,
)
from bot.messages.action import ActionCodec
from bot.messages.fitting import shorten
from bot.messages.form import FieldKind, Form, FormField
from bot.messages.post import Control, Post

_ONE_LINE_UP_TO: Final = 100
_FEWEST_RADIO_OPTIONS: Final = 2


def rows(controls: tuple[tuple[Control, ...], ...], codec: ActionCodec) -> Iterator[ui.ActionRow[ui.LayoutView]]:
    """The rows that have a button. Discord refuses a message with the same id twice: a second one is left out."""
    taken: set[str] = set()
    for number, row in enumerate(controls):
        buttons = [
            button for place, control in enumerate(row) if (button := _button(control, codec, f"{number}-{place}"))
        ]
        fresh = []
        for button in buttons:
            if button.custom_id is None or button.custom_id not in taken:
                fresh.append(button)
                taken.add(button.custom_id or "")
        if fresh:
            yield ui.ActionRow(*fresh)


def first_token(post: Post, codec: ActionCodec) -> str | None:
    """The token by which a message that shows the post is known again."""
    actions = (control.action for row in post.controls for control in row if control.action and not control.is_disabled)
    action = next(actions, None)
    return codec.encode(action) if action else None


def modal(form: Form, codec: ActionCodec) -> ui.Modal:
    """The form. Its action stands in the modal's id, so that an answer is understood after a restart too."""
    shown = ui.Modal(
        title=shorten(form.title, MAX_FORM_TITLE) or "…", custom_id=codec.encode(form.action), timeout=None
    )
    for field in form.fields[:MAX_FORM_FIELDS]:
        shown.add_item(ui.Label(text=shorten(field.label, MAX_FIELD_LABEL) or "…", component=_input(field)))
    shown.stop()  # the library would keep it in memory and hand every answer to one shared object
    return shown


def _button(control: Control, codec: ActionCodec, place: str) -> ui.Button[ui.LayoutView] | None:
    label = control.label.strip()
    if not label:
        return None
    if control.is_disabled:
        return ui.Button(label=label, custom_id=f"still-{place}", disabled=True)
    if control.action:
        style = ButtonStyle.primary if control.is_primary else ButtonStyle.secondary
        return ui.Button(label=label, custom_id=codec.encode(control.action), style=style)
    address = fit_address(control.link, most=MAX_LINK)
    return ui.Button(label=label, url=address) if address else None


def _input(field: FormField) -> ui.Item[ui.Modal]:
    match field.kind:
        case FieldKind.WORDS:
            return _words(field)
        case FieldKind.CHOICE if _FEWEST_RADIO_OPTIONS <= len(field.options) <= MAX_RADIO_OPTIONS:
            return _radio(field)
        case FieldKind.CHOICE:
            return _select(field)


def _words(field: FormField) -> ui.TextInput[ui.Modal]:
    most = min(field.max_length or MAX_INPUT, MAX_INPUT)
    return ui.TextInput(
        custom_id=field.name,
        style=TextStyle.short if most <= _ONE_LINE_UP_TO else TextStyle.paragraph,
        placeholder=field.placeholder[:MAX_PLACEHOLDER] or None,
        default=field.value[:most] or None,
        required=field.is_required,
        max_length=most,
    )


def _radio(field: FormField) -> ui.RadioGroup[ui.Modal]:
    options = [
        RadioGroupOption(label=option.label[:MAX_CHOICE], value=option.value, default=option.value == field.value)
        for option in field.options
    ]
    return ui.RadioGroup(custom_id=field.name, required=field.is_required, options=options)


def _select(field: FormField) -> ui.Select[ui.Modal]:
    options = [
        SelectOption(label=option.label[:MAX_CHOICE], value=option.value, default=option.value == field.value)
        for option in field.options[:MAX_SELECT_OPTIONS]
    ]
    return ui.Select(
        custom_id=field.name,
        options=options,
        required=field.is_required,
        min_values=1 if field.is_required else 0,
        placeholder=field.placeholder[:MAX_PLACEHOLDER] or None,
    )
