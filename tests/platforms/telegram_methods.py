"""The table of the methods that are played."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tests.platforms import telegram_desk as desk
from tests.platforms import telegram_editing as editing
from tests.platforms import telegram_queries as queries
from tests.platforms import telegram_sending as sending
from tests.platforms.telegram_objects import Json
from tests.platforms.telegram_parameters import (
    Administrators,
    AnswerCallback,
    AnswerGuest,
    AnswerInline,
    EditCaption,
    Editing,
    EditMedia,
    EditText,
    Nothing,
    OfChat,
    OfFile,
    OfLanguage,
    OfMember,
    OfMenu,
    OfMenuButton,
    OfMessage,
    OfMessages,
    Parameters,
    Pinning,
    SendChatAction,
    SendDocument,
    SendMessage,
    SendPhoto,
    SetCommands,
    SetDescription,
    SetMenuButton,
    SetName,
    SetShortDescription,
    Unpinning,
)
from tests.platforms.telegram_world import World

Asked = TypeVar("Asked", bound=Parameters)


@dataclass(frozen=True, slots=True)
class Method:
    """A method: the shape of its parameters and what it does with them."""

    model: type[Parameters]
    run: Callable[[World, Json], object]


def _played(model: type[Asked], act: Callable[[World, Asked], object]) -> Method:
    def run(world: World, parameters: Json) -> object:
        return act(world, parsed(model, parameters))

    return Method(model, run)


def parsed(model: type[Asked], parameters: Json) -> Asked:
    """Return the parameters in their shape.

    Raises:
        pydantic.ValidationError: one is unknown, missing or of another type.
    """
    return model.model_validate_json(json.dumps(parameters))


METHODS = {
    "getMe": _played(Nothing, desk.get_me),
    "close": _played(Nothing, desk.do_nothing),
    "logOut": _played(Nothing, desk.do_nothing),
    "sendMessage": _played(SendMessage, sending.send_message),
    "sendPhoto": _played(SendPhoto, sending.send_photo),
    "sendDocument": _played(SendDocument, sending.send_document),
    "sendChatAction": _played(SendChatAction, sending.send_chat_action),
    "editMessageText": _played(EditText, editing.edit_text),
    "editMessageCaption": _played(EditCaption, editing.edit_caption),
    "editMessageMedia": _played(EditMedia, editing.edit_media),
    "editMessageReplyMarkup": _played(Editing, editing.edit_markup),
    "deleteMessage": _played(OfMessage, editing.delete_message),
    "deleteMessages": _played(OfMessages, editing.delete_messages),
    "pinChatMessage": _played(Pinning, editing.pin),
    "unpinChatMessage": _played(Unpinning, editing.unpin),
    "unpinAllChatMessages": _played(OfChat, editing.unpin_all),
    "answerCallbackQuery": _played(AnswerCallback, queries.answer_callback),
    "answerInlineQuery": _played(AnswerInline, queries.answer_inline),
    "answerGuestQuery": _played(AnswerGuest, queries.answer_guest),
    "getChat": _played(OfChat, desk.get_chat),
    "leaveChat": _played(OfChat, desk.leave_chat),
    "getChatMember": _played(OfMember, desk.get_chat_member),
    "getChatAdministrators": _played(Administrators, desk.get_chat_administrators),
    "getChatMemberCount": _played(OfChat, desk.get_chat_member_count),
    "getFile": _played(OfFile, desk.get_file),
    "setMyCommands": _played(SetCommands, desk.set_commands),
    "getMyCommands": _played(OfMenu, desk.get_commands),
    "deleteMyCommands": _played(OfMenu, desk.delete_commands),
    "setMyName": _played(SetName, desk.set_name),
    "getMyName": _played(OfLanguage, desk.get_name),
    "setMyDescription": _played(SetDescription, desk.set_description),
    "getMyDescription": _played(OfLanguage, desk.get_description),
    "setMyShortDescription": _played(SetShortDescription, desk.set_short_description),
    "getMyShortDescription": _played(OfLanguage, desk.get_short_description),
    "setChatMenuButton": _played(SetMenuButton, desk.set_menu_button),
    "getChatMenuButton": _played(OfMenuButton, desk.get_menu_button),
}
"""By name; getUpdates and the webhook methods wait for something and are played by the server itself."""
