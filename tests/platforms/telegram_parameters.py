"""The parameters of the played methods, typed; what is not here is not played and is refused."""

from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from tests.platforms.telegram_text import Entity

ChatId = int | str
Style = Literal["danger", "success", "primary"]


class Parameters(BaseModel):
    """Refuses what it does not know and what has another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @classmethod
    def takes_text(cls, name: str) -> bool:
        """Return whether a form sends this parameter as it stands, not as JSON."""
        field = cls.model_fields.get(name)
        return field is None or _is_text(field.annotation)


def _is_text(annotation: object) -> bool:
    if get_origin(annotation) in {Union, UnionType}:
        return all(_is_text(part) for part in get_args(annotation) if part is not NoneType)
    if get_origin(annotation) is Literal:
        return all(isinstance(part, str) for part in get_args(annotation))
    return annotation is str


class EntityParameters(Parameters):
    type: Literal[
        "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number",
        "bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote",
        "code", "pre", "text_link", "date_time",
    ]  # fmt: skip
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    unix_time: int | None = None
    date_time_format: str | None = None

    def entity(self) -> Entity:
        return Entity(**self.model_dump())


Entities = tuple[EntityParameters, ...]


class CopyText(Parameters):
    text: str


class ButtonParameters(Parameters):
    text: str
    url: str | None = None
    callback_data: str | None = None
    switch_inline_query: str | None = None
    switch_inline_query_current_chat: str | None = None
    copy_text: CopyText | None = None
    style: Style | None = None
    icon_custom_emoji_id: str | None = None


class Keyboard(Parameters):
    inline_keyboard: tuple[tuple[ButtonParameters, ...], ...]


class ForceReply(Parameters):
    force_reply: Literal[True]
    input_field_placeholder: str | None = None
    selective: bool | None = None


class RemoveKeyboard(Parameters):
    remove_keyboard: Literal[True]
    selective: bool | None = None


class ReplyParameters(Parameters):
    message_id: int
    chat_id: ChatId | None = None
    allow_sending_without_reply: bool = False
    quote: str | None = None
    quote_entities: Entities | None = None
    quote_position: int | None = None


class LinkPreview(Parameters):
    is_disabled: bool | None = None
    url: str | None = None
    prefer_small_media: bool | None = None
    prefer_large_media: bool | None = None
    show_above_text: bool | None = None


class Nothing(Parameters):
    pass


class OfChat(Parameters):
    chat_id: ChatId = ""


class Sending(OfChat):
    message_thread_id: int | None = None
    disable_notification: bool = False
    protect_content: bool = False
    reply_parameters: ReplyParameters | None = None
    reply_markup: Keyboard | ForceReply | RemoveKeyboard | None = None
    parse_mode: str | None = None


class SendMessage(Sending):
    text: str = ""
    entities: Entities = ()
    link_preview_options: LinkPreview | None = None


class Captioned(Sending):
    caption: str = ""
    caption_entities: Entities = ()


class SendPhoto(Captioned):
    photo: str = ""
    show_caption_above_media: bool = False


class SendDocument(Captioned):
    document: str = ""
    disable_content_type_detection: bool = False


class SendChatAction(OfChat):
    message_thread_id: int | None = None
    action: str


class Editing(Parameters):
    chat_id: ChatId | None = None
    message_id: int | None = None
    inline_message_id: str | None = None
    reply_markup: Keyboard | None = None


class EditText(Editing):
    text: str = ""
    parse_mode: str | None = None
    entities: Entities = ()
    link_preview_options: LinkPreview | None = None


class EditCaption(Editing):
    caption: str = ""
    parse_mode: str | None = None
    caption_entities: Entities = ()
    show_caption_above_media: bool = False


class Media(Parameters):
    type: Literal["photo", "document"]
    media: str
    caption: str = ""
    parse_mode: str | None = None
    caption_entities: Entities = ()
    show_caption_above_media: bool = False
    disable_content_type_detection: bool = False


class EditMedia(Editing):
    media: Media


class OfMessage(OfChat):
    message_id: int


class OfMessages(OfChat):
    message_ids: Annotated[tuple[int, ...], Field(min_length=1, max_length=100)]


class Pinning(OfMessage):
    disable_notification: bool = False


class Unpinning(OfChat):
    message_id: int | None = None


class OfMember(OfChat):
    user_id: int


class Administrators(OfChat):
    return_bots: bool = False


class OfFile(Parameters):
    file_id: str


class AnswerCallback(Parameters):
    callback_query_id: str
    text: str = ""
    show_alert: bool = False
    url: str | None = None
    cache_time: int = 0


class InputText(Parameters):
    message_text: str
    parse_mode: str | None = None
    entities: Entities = ()
    link_preview_options: LinkPreview | None = None


class InlineResult(Parameters):
    type: Literal["article"]
    id: str
    title: str
    input_message_content: InputText
    reply_markup: Keyboard | None = None
    url: str | None = None
    description: str | None = None
    thumbnail_url: str | None = None
    thumbnail_width: int | None = None
    thumbnail_height: int | None = None


class ResultsButton(Parameters):
    text: str
    start_parameter: str | None = None


class AnswerInline(Parameters):
    inline_query_id: str
    results: tuple[InlineResult, ...]
    cache_time: int = 300
    is_personal: bool = False
    next_offset: str = ""
    button: ResultsButton | None = None


class AnswerGuest(Parameters):
    guest_query_id: str
    result: InlineResult


class GetUpdates(Parameters):
    offset: int = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 100
    timeout: Annotated[int, Field(ge=0, le=50)] = 0
    allowed_updates: tuple[str, ...] | None = None


class SetWebhook(Parameters):
    url: str
    ip_address: str | None = None
    max_connections: Annotated[int, Field(ge=1, le=100)] = 40
    allowed_updates: tuple[str, ...] | None = None
    drop_pending_updates: bool = False
    secret_token: str = ""


class DeleteWebhook(Parameters):
    drop_pending_updates: bool = False


class Scope(Parameters):
    type: Literal[
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    ] = "default"
    chat_id: ChatId | None = None
    user_id: int | None = None

    def key(self) -> str:
        """Return a name of the scope: "all_private_chats", "chat -1001"."""
        parts = (self.type, self.chat_id, self.user_id)
        return " ".join(str(part) for part in parts if part is not None)


class Command(Parameters):
    command: str
    description: str


class OfMenu(Parameters):
    scope: Scope = Scope()
    language_code: str = ""


class SetCommands(OfMenu):
    commands: tuple[Command, ...]


class OfLanguage(Parameters):
    language_code: str = ""


class SetName(OfLanguage):
    name: str = ""


class SetDescription(OfLanguage):
    description: str = ""


class SetShortDescription(OfLanguage):
    short_description: str = ""


class OfMenuButton(Parameters):
    chat_id: int = 0


class SetMenuButton(OfMenuButton):
    menu_button: dict[str, JsonValue] = {"type": "default"}
