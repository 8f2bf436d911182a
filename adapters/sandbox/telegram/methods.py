"""The methods that the server knows, by lower-case name."""

from collections.abc import Mapping
from types import MappingProxyType

from adapters.sandbox.telegram import editing, ephemeral, membership, menus, polling, queries, sending
from adapters.sandbox.telegram.api import Method

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        name.lower(): method
        for name, method in {
            "getMe": membership.get_me,
            "getUpdates": polling.get_updates,
            "setWebhook": polling.set_webhook,
            "deleteWebhook": polling.delete_webhook,
            "getWebhookInfo": polling.get_webhook_info,
            "logOut": polling.log_out,
            "close": polling.log_out,
            "sendMessage": sending.send_message,
            "sendPhoto": sending.send_photo,
            "sendChatAction": sending.send_chat_action,
            "editMessageText": editing.edit_text,
            "editMessageCaption": editing.edit_caption,
            "editMessageReplyMarkup": editing.edit_markup,
            "deleteMessage": editing.delete_message,
            "deleteMessages": editing.delete_messages,
            "setMessageReaction": editing.set_reaction,
            "editEphemeralMessageText": ephemeral.edit_ephemeral_text,
            "editEphemeralMessageReplyMarkup": ephemeral.edit_ephemeral_markup,
            "deleteEphemeralMessage": ephemeral.delete_ephemeral,
            "answerCallbackQuery": queries.answer_callback_query,
            "getChat": membership.get_chat,
            "getChatMember": membership.get_chat_member,
            "getChatAdministrators": membership.get_chat_administrators,
            "getChatMemberCount": membership.get_chat_member_count,
            "leaveChat": membership.leave_chat,
            "setMyCommands": menus.set_commands,
            "getMyCommands": menus.get_commands,
            "deleteMyCommands": menus.delete_commands,
            "setMyName": menus.set_text("name", 64, "bot name is too long"),
            "getMyName": menus.get_text("name"),
            "setMyDescription": menus.set_text("description", 512, "bot description is too long"),
            "getMyDescription": menus.get_text("description"),
            "setMyShortDescription": menus.set_text("short_description", 120, "bot short description is too long"),
            "getMyShortDescription": menus.get_text("short_description"),
        }.items()
    }
)
