"""The methods that ask about chats and people, and those that set the bot's menus and texts."""

import re

from tests.platforms.telegram_chat import Chat
from tests.platforms.telegram_objects import Json, Member
from tests.platforms.telegram_parameters import (
    Administrators,
    Nothing,
    OfChat,
    OfFile,
    OfLanguage,
    OfMember,
    OfMenu,
    OfMenuButton,
    SetCommands,
    SetDescription,
    SetMenuButton,
    SetName,
    SetShortDescription,
)
from tests.platforms.telegram_refusals import bad_request
from tests.platforms.telegram_sending import reachable
from tests.platforms.telegram_world import World

DOWNLOAD_BYTES = 20 * 1024 * 1024
_NAME, _DESCRIPTION, _SHORT = ("name", 64), ("description", 512), ("short_description", 120)


def get_me(world: World, asked: Nothing) -> Json:
    abilities = world.abilities
    return world.bot.to_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not abilities.privacy,
        "supports_inline_queries": abilities.inline,
        "supports_guest_queries": abilities.guest,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
    }


def do_nothing(world: World, asked: Nothing) -> bool:
    return True


def get_chat(world: World, asked: OfChat) -> Json:
    return reachable(world, asked.chat_id).full_json()


def leave_chat(world: World, asked: OfChat) -> bool:
    chat = reachable(world, asked.chat_id)
    if chat.person:
        raise bad_request("chat member status can't be changed in private chats")
    world.change_member(chat, by=world.bot, account=world.bot, member=Member(status="left"))
    return True


def get_chat_member(world: World, asked: OfMember) -> Json:
    chat = reachable(world, asked.chat_id)
    account = world.accounts.get(asked.user_id)
    if account is None:
        raise bad_request("invalid user_id specified")
    if chat.secretive and account is not world.bot and not chat.member(world.bot).leads:
        raise bad_request("member list is inaccessible")
    return chat.member(account).to_json(account, channel=chat.type == "channel")


def get_chat_administrators(world: World, asked: Administrators) -> list[Json]:
    chat = _with_members(reachable(world, asked.chat_id))
    return [
        member.to_json(account, channel=chat.type == "channel")
        for account, member in chat.members.values()
        if member.leads and (asked.return_bots or not account.is_bot or account is world.bot)
    ]


def get_chat_member_count(world: World, asked: OfChat) -> int:
    chat = reachable(world, asked.chat_id)
    return 2 if chat.person else sum(member.present for _, member in chat.members.values())


def get_file(world: World, asked: OfFile) -> Json:
    stored = world.files.get(asked.file_id)
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.data) > DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return stored.to_json() | {"file_path": f"files/{stored.id}"}


def set_commands(world: World, asked: SetCommands) -> bool:
    if len(asked.commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in asked.commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command.command.removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command.description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_menu_key(world, asked)] = [command.model_dump() for command in asked.commands]
    world.bell.ring()
    return True


def get_commands(world: World, asked: OfMenu) -> list[Json]:
    return world.commands.get(_menu_key(world, asked), [])


def delete_commands(world: World, asked: OfMenu) -> bool:
    world.commands.pop(_menu_key(world, asked), None)
    return True


def set_name(world: World, asked: SetName) -> bool:
    return _set_text(world, _NAME, text=asked.name, language=asked.language_code)


def get_name(world: World, asked: OfLanguage) -> Json:
    return {"name": _get_text(world, _NAME, language=asked.language_code) or world.bot.name}


def set_description(world: World, asked: SetDescription) -> bool:
    return _set_text(world, _DESCRIPTION, text=asked.description, language=asked.language_code)


def get_description(world: World, asked: OfLanguage) -> Json:
    return {"description": _get_text(world, _DESCRIPTION, language=asked.language_code)}


def set_short_description(world: World, asked: SetShortDescription) -> bool:
    return _set_text(world, _SHORT, text=asked.short_description, language=asked.language_code)


def get_short_description(world: World, asked: OfLanguage) -> Json:
    return {"short_description": _get_text(world, _SHORT, language=asked.language_code)}


def set_menu_button(world: World, asked: SetMenuButton) -> bool:
    world.menu_buttons[asked.chat_id] = dict(asked.menu_button)
    return True


def get_menu_button(world: World, asked: OfMenuButton) -> Json:
    return world.menu_buttons.get(asked.chat_id, {"type": "default"})


def _with_members(chat: Chat) -> Chat:
    if chat.person:
        raise bad_request("there are no administrators in the private chat")
    return chat


def _menu_key(world: World, asked: OfMenu) -> tuple[str, str]:
    if asked.scope.type.startswith("chat"):
        world.chat("" if asked.scope.chat_id is None else asked.scope.chat_id)
    _check_language(asked.language_code)
    return asked.scope.key(), asked.language_code


def _check_language(code: str) -> None:
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("LANG_CODE_INVALID")


def _set_text(world: World, kind: tuple[str, int], *, text: str, language: str) -> bool:
    name, limit = kind
    _check_language(language)
    if len(text) > limit:
        raise bad_request(f"{name.replace('_', ' ')} is too long")
    world.about[name, language] = text
    world.bell.ring()
    return True


def _get_text(world: World, kind: tuple[str, int], *, language: str) -> str:
    return world.about.get((kind[0], language)) or world.about.get((kind[0], ""), "")
