"""What Discord demands of the components of a message ("Component Reference" of its documentation)."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from adapters.sandbox.discord.refusals import BodyErrors, server_error

Path = tuple[str | int, ...]

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SELECTS = {3, 5, 6, 7, 8}
SECTION, TEXT_DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
LINK_STYLE, PREMIUM_STYLE = 5, 6

_TOP_LEGACY = (ROW,)
_TOP_V2 = (ROW, SECTION, TEXT_DISPLAY, GALLERY, FILE, SEPARATOR, CONTAINER)
_IN_CONTAINER = (ROW, SECTION, TEXT_DISPLAY, GALLERY, FILE, SEPARATOR)

_MOST_COMPONENTS = 40
_MOST_TEXT = 4000
# Not promised by Discord: measured by others, discord-api-docs issue 8554.
_MOST_BYTES, _BYTES_PER_DISPLAY = 10_170, 12
_MOST_ROWS = 5


def walk(components: object) -> Iterator[dict[str, Any]]:
    """Every component with all that is nested in it, top first."""
    if not isinstance(components, list):
        return
    for component in components:
        if not isinstance(component, dict):
            continue
        yield component
        yield from walk(component.get("components"))
        for key in ("accessory", "component"):
            if isinstance(component.get(key), dict):
                yield from walk([component[key]])


def check_components(components: object, errors: BodyErrors, *, v2: bool) -> None:
    """Gather what Discord would refuse; raises the bare 500 that oversized V2 text gets."""
    if components is None:
        return
    if not isinstance(components, list):
        errors.add(("components",), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return
    if not v2 and len(components) > _MOST_ROWS:
        errors.bad_length(("components",), 1, _MOST_ROWS)
    _check_list(components, ("components",), _TOP_V2 if v2 else _TOP_LEGACY, errors)
    _check_ids(components, errors)
    if v2:
        _check_totals(components, errors)


def _check_totals(components: list[Any], errors: BodyErrors) -> None:
    everything = list(walk(components))
    if len(everything) > _MOST_COMPONENTS:
        errors.add(
            ("components",),
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
            f"The total number of components, nested ones included, cannot exceed {_MOST_COMPONENTS}.",
        )
    texts = [str(one.get("content", "")) for one in everything if one.get("type") == TEXT_DISPLAY]
    if sum(len(text) for text in texts) > _MOST_TEXT:
        errors.add(
            ("components",),
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"Cannot exceed {_MOST_TEXT} characters total of displayable text.",
        )
        return
    if sum(len(text.encode()) + _BYTES_PER_DISPLAY for text in texts) > _MOST_BYTES:
        raise server_error()


def _check_ids(components: list[Any], errors: BodyErrors) -> None:
    seen: set[str] = set()
    numbers: set[int] = set()
    for path, component in _located(components, ("components",)):
        custom_id = component.get("custom_id")
        if isinstance(custom_id, str):
            if custom_id in seen:
                errors.add(
                    (*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
                )
            seen.add(custom_id)
        number = component.get("id")
        if isinstance(number, int) and number:
            if number in numbers:
                errors.add((*path, "id"), "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
            numbers.add(number)


def _located(components: list[Any], path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for index, component in enumerate(components):
        if not isinstance(component, dict):
            continue
        here = (*path, index)
        yield here, component
        nested = component.get("components")
        if isinstance(nested, list):
            yield from _located(nested, (*here, "components"))
        if isinstance(component.get("accessory"), dict):
            yield (*here, "accessory"), component["accessory"]


def _check_list(components: list[Any], path: Path, allowed: tuple[int, ...], errors: BodyErrors) -> None:
    for index, component in enumerate(components):
        _check_one(component, (*path, index), allowed, errors)


def _check_one(component: object, path: Path, allowed: tuple[int, ...], errors: BodyErrors) -> None:
    if not isinstance(component, dict):
        errors.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return
    kind = component.get("type")
    if kind not in allowed:
        choices = ", ".join(map(str, allowed)) + ("," if len(allowed) == 1 else "")
        errors.add(path, "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({choices}).')
        return
    _CHECKS[kind](component, path, errors)


def _check_row(row: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    inside = _nested(row, path, 1, 5, errors)
    _check_list(inside, (*path, "components"), (BUTTON, *sorted(SELECTS)), errors)
    selects = sum(1 for one in inside if isinstance(one, dict) and one.get("type") in SELECTS)
    if selects and len(inside) > 1:
        errors.add(
            (*path, "components"),
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
            "The specified component exceeds the maximum width",
        )


def _check_button(button: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    style = button.get("style")
    if style not in {1, 2, 3, 4, LINK_STYLE, PREMIUM_STYLE}:
        errors.add((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}.")
    errors.check_length((*path, "label"), button.get("label"), 0, 80)
    if style == LINK_STYLE:
        if button.get("custom_id") is not None:
            errors.add((*path, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                       "A custom id and url cannot both be specified")  # fmt: skip
        errors.check_length((*path, "url"), button.get("url"), 1, 512)
        check_url(button.get("url"), (*path, "url"), errors)
    elif style != PREMIUM_STYLE:
        errors.check_length((*path, "custom_id"), button.get("custom_id"), 1, 100)
    if style != PREMIUM_STYLE and not button.get("label") and not button.get("emoji"):
        errors.add(path, "BUTTON_COMPONENT_INVALID_LABEL_AND_EMOJI", "A button must have a label or an emoji")


def check_select(select: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    """A select menu, in a message or in a modal."""
    errors.check_length((*path, "custom_id"), select.get("custom_id"), 1, 100)
    errors.check_length((*path, "placeholder"), select.get("placeholder"), 0, 150)
    low, high = select.get("min_values", 1), select.get("max_values", 1)
    for key, number, least in (("min_values", low, 0), ("max_values", high, 1)):
        if number is not None and (not isinstance(number, int) or not least <= number <= 25):  # noqa: PLR2004  # the documented bound
            errors.add((*path, key), "NUMBER_TYPE_MAX", f"int value should be between {least} and 25.")
    if select.get("type") == STRING_SELECT:
        check_options(select, path, errors, low=1, high=25)


def check_options(owner: Mapping[str, Any], path: Path, errors: BodyErrors, *, low: int, high: int) -> None:
    """The options of a select, radio group or checkbox group: count, lengths, values used once."""
    options = owner.get("options")
    if not isinstance(options, list) or not low <= len(options) <= high:
        errors.bad_length((*path, "options"), low, high)
        return
    seen: set[object] = set()
    for index, option in enumerate(options):
        here = (*path, "options", index)
        for key, least in (("label", 1), ("value", 1), ("description", 0)):
            errors.check_length((*here, key), option.get(key), least, 100)
        if option.get("value") in seen:
            errors.add((*here, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                       "The specified option value is already used")  # fmt: skip
        seen.add(option.get("value"))


def _check_section(section: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    _check_list(_nested(section, path, 1, 3, errors), (*path, "components"), (TEXT_DISPLAY,), errors)
    if section.get("accessory") is None:
        errors.missing((*path, "accessory"))
    else:
        _check_one(section["accessory"], (*path, "accessory"), (BUTTON, THUMBNAIL), errors)


def _check_text(display: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    errors.check_length((*path, "content"), display.get("content"), 1, _MOST_TEXT)


def _check_thumbnail(thumbnail: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    errors.check_length((*path, "description"), thumbnail.get("description"), 0, 1024)
    _check_media(thumbnail.get("media"), (*path, "media"), errors)


def _check_gallery(gallery: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    items = gallery.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= 10:  # noqa: PLR2004  # the documented bound
        errors.bad_length((*path, "items"), 1, 10)
        return
    for index, item in enumerate(items):
        _check_thumbnail(item, (*path, "items", index), errors)


def _check_file(file: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    media = file.get("file")
    if not isinstance(media, dict) or not str(media.get("url", "")).startswith("attachment://"):
        errors.add((*path, "file", "url"), "COMPONENT_FILE_INVALID", "Only attachment:// references are allowed.")


def _check_separator(separator: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    if separator.get("spacing", 1) not in {1, 2}:
        errors.add((*path, "spacing"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")


def _check_container(container: Mapping[str, Any], path: Path, errors: BodyErrors) -> None:
    _check_list(_nested(container, path, 1, _MOST_COMPONENTS, errors), (*path, "components"), _IN_CONTAINER, errors)
    colour = container.get("accent_color")
    if colour is not None and (not isinstance(colour, int) or not 0 <= colour <= 0xFFFFFF):  # noqa: PLR2004  # 24 bits
        errors.add((*path, "accent_color"), "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")


def _nested(owner: Mapping[str, Any], path: Path, low: int, high: int, errors: BodyErrors) -> list[Any]:
    inside = owner.get("components")
    if not isinstance(inside, list) or not low <= len(inside) <= high:
        errors.bad_length((*path, "components"), low, high)
    return inside if isinstance(inside, list) else []


def _check_media(media: object, path: Path, errors: BodyErrors) -> None:
    url = media.get("url") if isinstance(media, dict) else None
    if not url:
        errors.missing((*path, "url"))
    else:
        errors.check_length((*path, "url"), url, 1, 2048)
        check_url(url, (*path, "url"), errors, schemes=("http", "https", "attachment"))


def check_url(
    url: object, path: Path, errors: BodyErrors, schemes: tuple[str, ...] = ("http", "https", "discord")
) -> None:
    """Note an address that Discord does not take; None is nobody's address and passes."""
    if not isinstance(url, str) or not url:
        return
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme.lower() not in schemes:
        known = ", ".join(f"'{scheme}'" for scheme in schemes)
        errors.add(
            path,
            "URL_TYPE_INVALID_SCHEME",
            f'Scheme "{parts.scheme}" is not supported. Scheme must be one of ({known}).',
        )
    elif not parts.netloc or any(character.isspace() for character in url):
        errors.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")


_CHECKS = {
    ROW: _check_row,
    BUTTON: _check_button,
    **dict.fromkeys(SELECTS, check_select),
    SECTION: _check_section,
    TEXT_DISPLAY: _check_text,
    THUMBNAIL: _check_thumbnail,
    GALLERY: _check_gallery,
    FILE: _check_file,
    SEPARATOR: _check_separator,
    CONTAINER: _check_container,
}
