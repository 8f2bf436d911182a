"""A message as people see it: its words, its picture, its buttons, and how the page draws it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from adapters.sandbox.contract import Button
from adapters.sandbox.discord import component_rules as kinds
from adapters.sandbox.discord import markdown
from adapters.sandbox.discord.markdown import Reading
from adapters.sandbox.discord.message_rules import LOADING

_STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "premium"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """``text`` is all visible text without markup; ``at`` when it was drawn (Unix seconds); ``fades`` if it ages."""

    text: str
    title: str | None
    image: str | None
    buttons: tuple[Button, ...]
    html: str
    at: float
    fades: bool


def draw(message: Mapping[str, Any], reading: Reading) -> Drawing:
    """Draw the API's message object for people."""
    if message["flags"] & LOADING:
        waiting = "newsbot is thinking…"
        return Drawing(text=waiting, title=None, image=None, buttons=(), html=f"<p>{waiting}</p>", at=reading.now,
                       fades=False)  # fmt: skip
    texts = list(_texts(message))
    words = [markdown.plain(text, reading) for text in texts]
    return Drawing(
        text="\n".join(word for word in words if word),
        title=_title(message, texts, reading),
        image=next(_images(message), None),
        buttons=tuple(_buttons(message["components"])),
        html=_html(message, reading),
        at=reading.now,
        fades=any(markdown.has_times(text) for text in texts),
    )


def visible_text(message: Mapping[str, Any]) -> str:
    """Every text of the message with its markup: what mentions are looked for in."""
    return "\n".join(_texts(message))


def _texts(message: Mapping[str, Any]) -> Iterator[str]:
    if message.get("content"):
        yield message["content"]
    for embed in message.get("embeds") or ():
        yield from _embed_texts(embed)
    poll = message.get("poll")
    if poll:
        yield poll["question"].get("text") or ""
        yield from (f"- {answer['poll_media'].get('text') or ''}" for answer in poll["answers"])
    for component in kinds.walk(message.get("components")):
        if component.get("type") == kinds.TEXT_DISPLAY:
            yield component["content"]
    for file in message.get("attachments") or ():
        if not str(file.get("content_type") or "").startswith("image/"):
            yield file["filename"]


def _embed_texts(embed: Mapping[str, Any]) -> Iterator[str]:
    yield (embed.get("author") or {}).get("name") or ""
    yield embed.get("title") or ""
    yield embed.get("description") or ""
    for field in embed.get("fields") or ():
        yield f"{field['name']}\n{field['value']}"
    yield (embed.get("footer") or {}).get("text") or ""


def _title(message: Mapping[str, Any], texts: list[str], reading: Reading) -> str | None:
    for embed in message.get("embeds") or ():
        if embed.get("title"):
            return markdown.plain(embed["title"], reading)
    return next((title for text in texts if text and (title := markdown.title_of(text, reading))), None)


def _images(message: Mapping[str, Any]) -> Iterator[str]:
    for component in kinds.walk(message.get("components")):
        if component.get("type") == kinds.THUMBNAIL:
            yield component["media"]["url"]
        if component.get("type") == kinds.GALLERY:
            yield from (item["media"]["url"] for item in component["items"])
    for embed in message.get("embeds") or ():
        yield from (embed[where]["url"] for where in ("image", "thumbnail") if (embed.get(where) or {}).get("url"))
    for file in message.get("attachments") or ():
        if str(file.get("content_type") or "").startswith("image/"):
            yield file["url"]


def _buttons(components: list[dict[str, Any]]) -> Iterator[Button]:
    row = -1
    for component in kinds.walk(components):
        kind = component["type"]
        if kind == kinds.ROW:
            row += 1
            for inner in component["components"]:
                yield from _pressable(inner, row)
        elif kind == kinds.SECTION and component["accessory"]["type"] == kinds.BUTTON:
            row += 1
            yield from _pressable(component["accessory"], row)


def _pressable(component: Mapping[str, Any], row: int) -> Iterator[Button]:
    disabled = bool(component.get("disabled"))
    if component["type"] == kinds.BUTTON:
        emoji = (component.get("emoji") or {}).get("name") or ""
        label = f"{emoji} {component.get('label') or ''}".strip()
        style = _STYLES[component["style"]]
        button_id = component.get("custom_id") or component.get("url") or str(component.get("sku_id"))
        yield Button(id=button_id, label=label, url=component.get("url"), disabled=disabled, row=row, style=style)
    for option in component.get("options") or ():
        button_id = f"{component['custom_id']}={option['value']}"
        yield Button(id=button_id, label=option["label"], disabled=disabled, row=row, style="select")


def _html(message: Mapping[str, Any], reading: Reading) -> str:
    drawn = [f'<div class="dc-text">{markdown.html(message["content"], reading)}</div>'] if message["content"] else []
    drawn += [_embed_html(embed, reading) for embed in message["embeds"]]
    if message.get("poll"):
        texts = "\n".join(_texts({"poll": message["poll"]}))
        drawn.append(f'<div class="dc-embed">{markdown.html(texts, reading)}</div>')
    drawn += [_component_html(component, reading) for component in message["components"]]
    for file in message["attachments"]:
        if str(file.get("content_type") or "").startswith("image/"):
            drawn.append(_image(file["url"], file.get("description"), "dc-media"))
        else:
            drawn.append(f'<p class="dc-file">{escape(file["filename"])}</p>')
    return "".join(drawn)


def _component_html(component: Mapping[str, Any], reading: Reading) -> str:
    match component["type"]:
        case kinds.CONTAINER | kinds.SECTION:
            return _nest_html(component, reading)
        case kinds.TEXT_DISPLAY:
            return f'<div class="dc-text">{markdown.html(component["content"], reading)}</div>'
        case kinds.THUMBNAIL:
            return _image(component["media"]["url"], component.get("description"), "dc-thumb")
        case kinds.GALLERY:
            images = (_image(item["media"]["url"], item.get("description"), "dc-media") for item in component["items"])
            return f'<div class="dc-gallery">{"".join(images)}</div>'
        case kinds.SEPARATOR:
            return '<hr class="dc-separator">' if component.get("divider", True) else '<div class="dc-separator"></div>'
        case _:
            return ""


def _nest_html(component: Mapping[str, Any], reading: Reading) -> str:
    inner = "".join(_component_html(one, reading) for one in component["components"])
    if component["type"] == kinds.SECTION:
        return f'<div class="dc-section"><div>{inner}</div>{_component_html(component["accessory"], reading)}</div>'
    return f'<div class="dc-container"{_accent(component.get("accent_color"))}>{inner}</div>'


def _accent(colour: object) -> str:
    return f' style="--accent:#{colour:06x}"' if isinstance(colour, int) else ""


def _embed_html(embed: Mapping[str, Any], reading: Reading) -> str:
    title = escape(embed.get("title") or "")
    if title and embed.get("url"):
        title = f'<a href="{escape(embed["url"])}" rel="noreferrer noopener nofollow" target="_blank">{title}</a>'
    parts = [f"<small>{escape((embed.get('author') or {}).get('name') or '')}</small>", f"<h5>{title}</h5>"]
    parts.append(markdown.html(embed.get("description") or "", reading))
    parts += [
        f"<p><strong>{escape(field['name'])}</strong></p>{markdown.html(field['value'], reading)}"
        for field in embed.get("fields") or ()
    ]
    for where, look in (("image", "dc-media"), ("thumbnail", "dc-thumb")):
        if (embed.get(where) or {}).get("url"):
            parts.append(_image(embed[where]["url"], None, look))
    parts.append(f"<small>{escape((embed.get('footer') or {}).get('text') or '')}</small>")
    inner = "".join(part for part in parts if part not in {"<small></small>", "<h5></h5>"})
    return f'<div class="dc-embed"{_accent(embed.get("color"))}>{inner}</div>'


def _image(url: str, description: str | None, look: str) -> str:
    return f'<img class="{look}" src="{escape(url)}" alt="{escape(description or "")}" loading="lazy">'
