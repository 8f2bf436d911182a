"""Modals: as forms for a person to fill in, and back as what the bot gets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.contract import Field, Form, SandboxError
from adapters.sandbox.discord.archive import Entry
from adapters.sandbox.discord.component_rules import ROW, SELECTS, TEXT_INPUT
from adapters.sandbox.discord.modal_rules import CHECKBOX, CHECKBOX_GROUP, FILE_UPLOAD, LABEL, RADIO_GROUP

_MOST_TEXT = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenForm:
    """A modal on a person's screen; ``source`` is the message whose button opened it."""

    id: str
    modal: dict[str, Any]
    source: Entry | None

    def as_form(self) -> Form:
        """What the person fills in: a field for each input, named by its custom id."""
        fields = tuple(_field(inner, label) for _, inner, label in _inputs(self.modal))
        return Form(id=self.id, title=self.modal["title"], fields=fields)

    def submission(self, values: Mapping[str, object]) -> dict[str, Any]:
        """``data`` of the interaction; raises SandboxError for a field that is missing, unknown or out of bounds."""
        names = {inner["custom_id"] for _, inner, _ in _inputs(self.modal)}
        if unknown := [name for name in values if name not in names]:
            raise SandboxError(f"This form has no field {', '.join(unknown)}; it has {', '.join(sorted(names))}.")
        return {
            "custom_id": self.modal["custom_id"],
            "components": [_sent(top, values) for top in self.modal["components"]],
        }


def _inputs(modal: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any], str]]:
    """Top component, input and label, in order."""
    for top in modal["components"]:
        if top["type"] == LABEL:
            yield top, top["component"], top["label"]
        elif top["type"] == ROW:
            for inner in top["components"]:
                yield top, inner, inner.get("label") or inner["custom_id"]


def _field(inner: Mapping[str, Any], label: str) -> Field:
    kind = inner["type"]
    options = tuple((str(one["value"]), one["label"]) for one in inner.get("options") or ())
    several = kind == CHECKBOX_GROUP or (kind in SELECTS and _or(inner.get("max_values"), 1) > 1)
    shape = {TEXT_INPUT: "text", CHECKBOX: "flag", RADIO_GROUP: "choice"}.get(kind, "choices" if several else "choice")
    return Field(
        name=inner["custom_id"],
        label=label,
        kind=shape,
        options=options,
        required=_is_required(inner),
        max_length=inner.get("max_length") or (_MOST_TEXT if kind == TEXT_INPUT else None),
    )


def _is_required(inner: Mapping[str, Any]) -> bool:
    return bool(inner.get("required", True)) and inner["type"] != CHECKBOX


def _sent(top: Mapping[str, Any], values: Mapping[str, object]) -> dict[str, Any]:
    sent: dict[str, Any] = {"type": top["type"], "id": top.get("id", 0)}
    if top["type"] == LABEL:
        sent["component"] = _filled(top["component"], top["label"], values)
    elif top["type"] == ROW:
        sent["components"] = [_filled(one, one.get("label") or one["custom_id"], values) for one in top["components"]]
    return sent


def _filled(inner: Mapping[str, Any], label: str, values: Mapping[str, object]) -> dict[str, Any]:
    value = values.get(inner["custom_id"])
    sent: dict[str, Any] = {"type": inner["type"], "id": inner.get("id", 0), "custom_id": inner["custom_id"]}
    match inner["type"]:
        case 4:
            sent["value"] = _text(inner, label, value)
        case 23:
            sent["value"] = value is True or str(value).casefold() in {"true", "on", "yes", "1"}
        case 21:
            chosen = _chosen(inner, label, value, most=1)
            sent["value"] = chosen[0] if chosen else None
        case _ if inner["type"] == FILE_UPLOAD:
            if _is_required(inner):
                raise SandboxError(f"Files cannot be sent from here, so “{label}” cannot be filled in.")
            sent["values"] = []
        case _:
            sent["values"] = _chosen(inner, label, value, most=_or(inner.get("max_values"), 1))
    return sent


def _text(inner: Mapping[str, Any], label: str, value: object) -> str:
    if value is not None and not isinstance(value, str):
        raise SandboxError(f"“{label}” takes text.")
    text = value or ""
    if not text and _is_required(inner):
        raise SandboxError(f"“{label}” must be filled in.")
    low, high = inner.get("min_length") or 0, inner.get("max_length") or _MOST_TEXT
    if text and not low <= len(text) <= high:
        raise SandboxError(f"“{label}” takes between {low} and {high} characters, not {len(text)}.")
    return text


def _chosen(inner: Mapping[str, Any], label: str, value: object, *, most: int) -> list[str]:
    values = [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)] if value else []
    known = {str(one["value"]) for one in inner.get("options") or ()}
    if unknown := [one for one in values if known and one not in known]:
        raise SandboxError(f"“{label}” has no choice {', '.join(unknown)}; choose from {', '.join(sorted(known))}.")
    least = _or(inner.get("min_values"), 0 if inner["type"] == CHECKBOX_GROUP else 1)
    if _is_required(inner):
        least = max(least, 1)
    if not (least <= len(values) <= most or (not values and not _is_required(inner))):
        raise SandboxError(f"“{label}” takes between {least} and {most} choices, not {len(values)}.")
    return values


def _or(number: int | None, default: int) -> int:
    """The number, or the default where the bot sent null or nothing."""
    return default if number is None else number
