"""One message of a chat, as it is kept and as the Bot API tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, Self

from adapters.sandbox.telegram.cast import user_json
from adapters.sandbox.telegram.entities import Entity


class Key(NamedTuple):
    """What names a message inside its chat; ``receiver`` is 0 for a message that all see."""

    receiver: int
    id: int

    @property
    def name(self) -> str:
        """The message's id as the page knows it."""
        return f"e{self.id}" if self.receiver else str(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message. ``sender`` is a user id, or the chat's own id for a channel post; times are Unix seconds.

    An ephemeral message names its ``receiver`` (who writes an ephemeral command is its receiver too);
    ``replaces`` is the public message in whose place that person sees it.
    """

    chat: int
    id: int
    sender: int
    at: float
    text: str = ""
    entities: tuple[Entity, ...] = ()
    photo: Mapping[str, Any] | None = None
    markup: Mapping[str, Any] | None = None
    preview: Mapping[str, Any] | None = None
    reply_to: Key | None = None
    receiver: int = 0
    replaces: int = 0
    edited_at: float | None = None
    service: Mapping[str, Any] | None = None
    reaction: str | None = None

    @property
    def key(self) -> Key:
        return Key(self.receiver, self.id)

    @property
    def is_post(self) -> bool:
        """Said by the channel itself. (A private chat's id is the person's own, so ids alone do not tell.)"""
        return self.sender < 0

    @property
    def inline_keyboard(self) -> list[list[dict[str, Any]]]:
        return self.markup.get("inline_keyboard", []) if self.markup else []

    def as_document(self) -> dict[str, object]:
        """What is kept on disk."""
        body = {field.name: getattr(self, field.name) for field in fields(self)}
        body["entities"] = [entity.as_json() for entity in self.entities]
        return body

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """The message that ``as_document`` described."""
        entities = tuple(Entity(**entity) for entity in document["entities"])
        reply_to = Key(*document["reply_to"]) if document["reply_to"] else None
        return cls(**{**document, "entities": entities, "reply_to": reply_to})

    def as_json(self, chat: Mapping[str, object], reply_to: "Message | None") -> dict[str, object]:
        """The Bot API's Message. ``chat`` is the Chat's JSON; ``reply_to`` the message replied to, if it is there."""
        body: dict[str, object] = {"message_id": 0 if self.receiver else self.id, "date": int(self.at), "chat": chat}
        if self.is_post:
            body["sender_chat"] = chat
        else:
            body["from"] = user_json(self.sender)
        if self.receiver:
            body["ephemeral_message_id"] = self.id
            body["receiver_user"] = user_json(self.receiver)
        if reply_to is not None:
            body["reply_to_message"] = reply_to.as_json(chat, None)
        if self.edited_at is not None:
            body["edit_date"] = int(self.edited_at)
        body |= self._content()
        if "inline_keyboard" in (self.markup or {}):
            body["reply_markup"] = self.markup
        if self.service:
            body |= self.service
        return body

    def _content(self) -> dict[str, object]:
        entities = [self._entity(entity) for entity in self.entities]
        content: dict[str, object] = {}
        if self.photo is not None:
            content["photo"] = [{name: value for name, value in self.photo.items() if name != "shown"}]
            if self.text:
                content["caption"] = self.text
            if entities:
                content["caption_entities"] = entities
        elif self.text:
            content["text"] = self.text
            if entities:
                content["entities"] = entities
            if self.preview is not None:
                content["link_preview_options"] = self.preview
        return content

    @staticmethod
    def _entity(entity: Entity) -> dict[str, object]:
        body = entity.as_json()
        if entity.user is not None:
            body["user"] = user_json(entity.user)
        return body
