"""A post as Telegram's HTML (core.telegram.org/bots/api#html-style) with its link preview and keyboard."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.telegram.controls import is_web_address, keyboard
from adapters.telegram.escaping import clean, defuse, escape, self_linking, with_joiners
from adapters.telegram.limits import LIMITS, PLACEHOLDER_CHARACTERS, TEXT_BYTES
from bot.messages.action import ActionCodec
from bot.messages.fitting import fit, shorten
from bot.messages.form import FieldKind, Form, FormField
from bot.messages.post import Block, BlockKind, Post, Tone
from bot.messages.text import Span, Style, Text, plain, text

_PREVIEWED = (Tone.BREAKING, Tone.NEWS, Tone.STORY)
_NO_PREVIEW = {"is_disabled": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a send or an edit needs of a post, apart from where it goes.

    ``post`` is what is shown, already fitted; ``preview`` and ``markup`` are the Bot API's LinkPreviewOptions and
    InlineKeyboardMarkup or ForceReply. They are plain JSON: building the library's objects took as long as the sending.
    """

    html: str
    post: Post
    preview: Mapping[str, Any]
    markup: Mapping[str, Any] | None = None

    def parameters(self) -> dict[str, Any]:
        """For the Bot API's methods that take a text."""
        return {
            "text": self.html,
            "parse_mode": "HTML",
            "link_preview_options": self.preview,
            "reply_markup": self.markup,
        }

    def plain_parameters(self) -> dict[str, Any]:
        """The same without markup, for when the markup was refused."""
        return {"text": _plain(self.post), "link_preview_options": self.preview, "reply_markup": self.markup}


def render(post: Post, codec: ActionCodec) -> Rendered:
    """The post, fitted: at most 4,096 UTF-16 units once Telegram has read the markup, at most 32,768 bytes before."""
    fitted = fit(post, LIMITS)
    html = _html(fitted, has_links=True)
    if len(html.encode()) > TEXT_BYTES:
        html = _html(fitted, has_links=False)
    return Rendered(html=html, post=fitted, preview=_preview(fitted), markup=keyboard(fitted.controls, codec))


def render_prompt(form: Form, *, link: str, mentioned: tuple[int, str] | None) -> Rendered:
    """The question that a reply answers. ``mentioned`` (id, name) is the one person whose input box opens for it.

    Its last paragraph is a ``link`` that asks the same in private, and by which a reply is known for an answer: it
    comes with the message that it replies to, so there is nothing that we would have to remember.
    """
    words = form.prompt
    *before, last = escape(defuse(words)).split("\n\n")
    html = "\n\n".join([*before, f'<a href="{escape(link)}">{last}</a>'])
    if mentioned is not None:
        person, name = mentioned
        html = f'<a href="tg://user?id={person}">{escape(name)}</a>: {html}'
        words = f"{name}: {words}"
    field = words_field(form)
    prompt: dict[str, Any] = {"force_reply": True, "selective": mentioned is not None}
    if field is not None and (hint := shorten(clean(field.placeholder or field.label), PLACEHOLDER_CHARACTERS)):
        prompt["input_field_placeholder"] = hint
    post = Post(tone=Tone.NOTICE, blocks=(Block(text=text(words)),))
    return Rendered(html=html, post=post, preview=_NO_PREVIEW, markup=prompt)


def words_field(form: Form) -> FormField | None:
    """The field that a reply in words fills in: the first of words."""
    return next((field for field in form.fields if field.kind is FieldKind.WORDS), None)


def toast_text(post: Post) -> str:
    """The words of a post, where there is no room for a message."""
    return _plain(post)


def _plain(post: Post) -> str:
    head = [part for part in (post.title, plain(post.byline)) if part]
    return clean(defuse(_joined("\n".join(head), post.blocks, lambda block: _item_mark(block) + plain(block.text))))


def _preview(post: Post) -> Mapping[str, Any]:
    address = post.link or (post.image.address if post.image else None)
    if post.tone not in _PREVIEWED or not address or not is_web_address(address):
        return _NO_PREVIEW
    return {"url": address, "prefer_large_media" if post.image else "prefer_small_media": True}


def _html(post: Post, *, has_links: bool) -> str:
    head = []
    if post.title:
        title = Span(text=post.title, style=Style.STRONG, link=post.link)
        head.append(_spans((title,), has_links=True))
    if post.byline:
        head.append(_spans(post.byline, has_links=has_links))
    return _joined("\n".join(head), post.blocks, lambda block: _block(block, has_links=has_links))


def _joined(head: str, blocks: Iterable[Block], written: Callable[[Block], str]) -> str:
    """Head and blocks with a blank line between them; the items of a list stand close to each other."""
    parts = [head] if head else []
    before: Block | None = None
    for block in blocks:
        if before is not None and before.kind is block.kind is BlockKind.ITEM:
            parts[-1] += f"\n{written(block)}"
        else:
            parts.append(written(block))
        before = block
    return "\n\n".join(parts)


def _item_mark(block: Block) -> str:
    """What stands before an item, since Telegram's markup has no lists; nothing before other blocks."""
    if block.kind is not BlockKind.ITEM:
        return ""
    return "• " if block.number is None else f"{block.number}. "


def _block(block: Block, *, has_links: bool) -> str:
    inner = _spans(block.text, has_links=has_links)
    match block.kind:
        case BlockKind.BODY:
            return inner
        case BlockKind.QUOTE:
            return f"<blockquote>{inner}</blockquote>"
        case BlockKind.NOTE:
            return f"<i>{inner}</i>"
        case BlockKind.HEADING:
            return f"<b>{inner}</b>"
        case BlockKind.ITEM:
            return _item_mark(block) + inner


def _spans(spans: Text, *, has_links: bool) -> str:
    return "".join(_span(span, joints, has_links=has_links) for span, joints in _with_joints(spans))


def _with_joints(spans: Text) -> Iterator[tuple[Span, list[int]]]:
    """Each span with the places in it that need a joiner; an address may begin in one span and end in the next."""
    joints = self_linking(plain(spans))
    if not joints:
        yield from ((span, joints) for span in spans)
        return
    start = 0
    for span in spans:
        end = start + len(span.text)
        yield span, [joint - start for joint in joints if start <= joint < end]
        start = end


def _span(span: Span, joints: Sequence[int], *, has_links: bool) -> str:
    if has_links and span.link and is_web_address(span.link):
        # Inside a link, and inside a point in time, nothing links itself.
        inner = f'<a href="{escape(span.link)}">{escape(span.text)}</a>'
    elif span.moment is not None and (unix := int(span.moment.timestamp())) > 0:
        inner = f'<tg-time unix="{unix}" format="r">{escape(span.text)}</tg-time>'
    else:
        inner = escape(with_joiners(span.text, joints))
    match span.style:
        case Style.PLAIN:
            return inner
        case Style.STRONG:
            return f"<b>{inner}</b>"
        case Style.EMPHASIS:
            return f"<i>{inner}</i>"
