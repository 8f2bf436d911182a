"""What Discord demands of a modal ("Modal" and the modal parts of "Component Reference")."""

from collections.abc import Callable, Mapping
from typing import Any

from adapters.sandbox.discord.component_rules import (
    ROW,
    SELECTS,
    TEXT_DISPLAY,
    TEXT_INPUT,
    Path,
    check_options,
    check_select,
)
from adapters.sandbox.discord.refusals import BodyErrors

LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 18, 19, 21, 22, 23
_INPUTS = (TEXT_INPUT, *sorted(SELECTS), FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX)


def check_modal(modal: Mapping[str, Any]) -> None:
    """Refuse a modal whose lengths, counts or components Discord does not take; the error tree lies under "data"."""
    errors = BodyErrors()
    errors.check_length(("custom_id",), modal.get("custom_id"), 1, 100)
    errors.check_length(("title",), modal.get("title"), 1, 45)
    components = modal.get("components")
    if not isinstance(components, list) or not 1 <= len(components) <= 5:  # noqa: PLR2004  # the documented bound
        errors.bad_length(("components",), 1, 5)
        components = components if isinstance(components, list) else []
    seen: set[object] = set()
    for index, component in enumerate(components):
        _check_top(component, ("components", index), errors, seen)
    errors.refuse_if_any(under="data")


def _check_top(component: Mapping[str, Any], path: Path, errors: BodyErrors, seen: set[object]) -> None:
    match component.get("type"):
        case 18:
            errors.check_length((*path, "label"), component.get("label"), 1, 45)
            errors.check_length((*path, "description"), component.get("description"), 0, 100)
            _check_input(component.get("component"), (*path, "component"), errors, seen)
        case 1:
            for index, inner in enumerate(component.get("components") or [None]):
                _check_input(inner, (*path, "components", index), errors, seen)
        case 10:
            errors.check_length((*path, "content"), component.get("content"), 1, 4000)
        case _:
            choices = f"{ROW}, {TEXT_DISPLAY}, {LABEL}"
            errors.add(path, "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({choices}).')


def _check_input(component: object, path: Path, errors: BodyErrors, seen: set[object]) -> None:
    if not isinstance(component, dict) or component.get("type") not in _INPUTS:
        choices = ", ".join(map(str, _INPUTS))
        errors.add(path, "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({choices}).')
        return
    custom_id = component.get("custom_id")
    errors.check_length((*path, "custom_id"), custom_id, 1, 100)
    if custom_id in seen:
        errors.add((*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    seen.add(custom_id)
    check = _INPUT_CHECKS.get(component["type"])
    if check:
        check(component, path, errors)


def _check_text_input(component: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    if component.get("style") not in {1, 2}:
        errors.add((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")
    errors.check_length((*path, "placeholder"), component.get("placeholder"), 0, 100)
    errors.check_length((*path, "value"), component.get("value"), 0, 4000)
    errors.check_length((*path, "label"), component.get("label"), 0, 45)
    for key, least in (("min_length", 0), ("max_length", 1)):
        number = component.get(key)
        if number is not None and not least <= number <= 4000:  # noqa: PLR2004  # the documented bound
            errors.add((*path, key), "NUMBER_TYPE_MAX", f"int value should be between {least} and 4000.")


def _check_radio_group(component: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    check_options(component, path, errors, low=2, high=10)


def _check_checkbox_group(component: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    check_options(component, path, errors, low=1, high=10)


_INPUT_CHECKS: dict[int, Callable[[Mapping[str, Any], Path, BodyErrors], None]] = {
    TEXT_INPUT: _check_text_input,
    **dict.fromkeys(SELECTS, check_select),
    RADIO_GROUP: _check_radio_group,
    CHECKBOX_GROUP: _check_checkbox_group,
}
