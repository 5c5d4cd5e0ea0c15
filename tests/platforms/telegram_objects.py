"""People, members, files and messages of the played Telegram, and how they look in JSON."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.platforms.telegram_text import Entity, Formatted

if TYPE_CHECKING:
    from tests.platforms.telegram_chat import Chat

Json = dict[str, object]

ADMINISTRATOR_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
    "can_manage_topics",
    "can_post_messages",
    "can_edit_messages",
)
MEMBER_RIGHTS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
ORDINARY = frozenset(MEMBER_RIGHTS) - {"can_change_info", "can_pin_messages", "can_manage_topics"}
"""What a member may do unless the group says otherwise."""

_CHANNEL_ONLY = {"can_post_messages", "can_edit_messages"}
_GROUP_ONLY = {"can_pin_messages", "can_manage_topics"}


@dataclass(slots=True, kw_only=True, eq=False)
class Account:
    """A user or a bot."""

    id: int
    name: str
    username: str = ""
    language: str = ""
    is_bot: bool = False
    deactivated: bool = False

    def to_json(self) -> Json:
        found: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.name}
        if self.username:
            found["username"] = self.username
        if self.language:
            found["language_code"] = self.language
        return found


GROUP_ANONYMOUS_BOT = Account(id=1087968824, name="Group", username="GroupAnonymousBot", is_bot=True)
CHANNEL_BOT = Account(id=136817688, name="Channel", username="Channel_Bot", is_bot=True)
TELEGRAM = Account(id=777000, name="Telegram")
STAND_INS = frozenset({GROUP_ANONYMOUS_BOT.id, CHANNEL_BOT.id, TELEGRAM.id})
"""Accounts that stand for an anonymous administrator, a channel, and an automatic forward."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What somebody is in a chat: "creator", "administrator", "member", "restricted", "left" or "kicked"."""

    status: str = "member"
    rights: frozenset[str] = frozenset()
    anonymous: bool = False

    @property
    def present(self) -> bool:
        return self.status in {"creator", "administrator", "member", "restricted"}

    @property
    def leads(self) -> bool:
        return self.status in {"creator", "administrator"}

    def to_json(self, account: Account, *, channel: bool) -> Json:
        found: Json = {"status": self.status, "user": account.to_json()}
        match self.status:
            case "creator":
                found["is_anonymous"] = self.anonymous
            case "administrator":
                hidden = _GROUP_ONLY if channel else _CHANNEL_ONLY
                found |= {"can_be_edited": False, "is_anonymous": self.anonymous}
                found |= {right: right in self.rights for right in ADMINISTRATOR_RIGHTS if right not in hidden}
            case "restricted":
                found |= {"is_member": True, "until_date": 0}
                found |= {right: right in self.rights for right in MEMBER_RIGHTS}
            case "kicked":
                found["until_date"] = 0
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that Telegram keeps."""

    id: str
    name: str
    data: bytes = field(repr=False)
    content_type: str

    @property
    def unique_id(self) -> str:
        return "u" + hashlib.sha256(self.data).hexdigest()[:14]

    def to_json(self) -> Json:
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.data)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file in a message: "photo", "document", "voice" or "sticker"."""

    kind: str
    file: StoredFile
    width: int = 0
    height: int = 0

    def to_json(self) -> object:
        found = self.file.to_json()
        match self.kind:
            case "photo":
                return [found | {"width": self.width, "height": self.height}]
            case "document":
                return found | {"file_name": self.file.name, "mime_type": self.file.content_type}
            case "voice":
                return found | {"duration": 3, "mime_type": "audio/ogg"}
        shape: Json = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return found | shape | {"emoji": "🤔"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button under a message."""

    text: str
    data: str = ""
    url: str = ""
    style: str = ""
    fields: Mapping[str, object] = field(repr=False)


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    """A message in a chat.

    Attributes:
        id: number in its chat.
        sent: seconds since 1970.
        service: fields of a service message, empty for an ordinary one.
        update_id: of the update that told the bot of it; None where Telegram withheld it.
        markup: what the bot sent as `reply_markup`, a forced reply included.
    """

    id: int
    chat: "Chat"
    sender: Account | None
    sent: float
    body: Formatted = field(default_factory=Formatted)
    attachment: Attachment | None = None
    reply_to: "Message | None" = None
    thread: int | None = None
    in_topic: bool = False
    sender_chat: "Chat | None" = None
    via_bot: Account | None = None
    service: Json = field(default_factory=dict)
    extra: Json = field(default_factory=dict)
    markup: Json = field(default_factory=dict)
    silent: bool = False
    preview: Json = field(default_factory=dict)
    edited: float | None = None
    deleted: bool = False
    update_id: int | None = None
    versions: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Message {self.id} in {self.chat.label}: {self.text or sorted(self.service) or self.attachment!r}>"

    @property
    def text(self) -> str:
        """The text, or the caption of a file."""
        return self.body.text

    @property
    def entities(self) -> tuple[Entity, ...]:
        return self.body.entities

    @property
    def links(self) -> dict[str, str]:
        """Target by visible words."""
        return {self.body.part(entity): entity.url for entity in self.entities if entity.url}

    def marked(self, kind: str) -> list[str]:
        """Return the words in one style ("bold", "code", "date_time")."""
        return [self.body.part(entity) for entity in self.entities if entity.type == kind]

    @property
    def rows(self) -> list[list[Button]]:
        """The inline keyboard."""
        keyboard = self.markup.get("inline_keyboard", [])
        assert isinstance(keyboard, list)
        return [
            [
                Button(
                    text=fields["text"],
                    data=fields.get("callback_data", ""),
                    url=fields.get("url", ""),
                    style=fields.get("style", ""),
                    fields=fields,
                )
                for fields in row
            ]
            for row in keyboard
        ]

    @property
    def buttons(self) -> list[Button]:
        """All buttons in reading order."""
        return [button for row in self.rows for button in row]

    def button(self, label: str) -> Button:
        """Return the button with this label, else the only one that contains it."""
        exact = [button for button in self.buttons if button.text == label]
        found = exact or [button for button in self.buttons if label.casefold() in button.text.casefold()]
        labels = [button.text for button in self.buttons]
        assert len(found) == 1, f"{len(found)} buttons fit {label!r} among {labels}"
        return found[0]

    @property
    def asks_for_reply(self) -> bool:
        """A forced reply."""
        return self.markup.get("force_reply") is True

    @property
    def placeholder(self) -> str:
        """What stands in the field of a forced reply."""
        return str(self.markup.get("input_field_placeholder", ""))

    @property
    def photo(self) -> bytes | None:
        """The picture's bytes."""
        return self.attachment.file.data if self.attachment and self.attachment.kind == "photo" else None

    @property
    def document(self) -> StoredFile | None:
        """The file that was sent."""
        return self.attachment.file if self.attachment and self.attachment.kind == "document" else None

    def to_json(self, *, deep: bool = True) -> Json:
        """Return the message as the Bot API tells of it; `deep`: with the message that it replies to."""
        found: Json = {"message_id": self.id, "date": int(self.sent), "chat": self.chat.to_json()}
        if self.sender:
            found["from"] = self.sender.to_json()
        if self.sender_chat:
            found["sender_chat"] = self.sender_chat.to_json()
        if self.via_bot:
            found["via_bot"] = self.via_bot.to_json()
        if self.thread is not None:
            found["message_thread_id"] = self.thread
        if self.in_topic:
            found["is_topic_message"] = True
        if self.reply_to and deep:
            found["reply_to_message"] = self.reply_to.to_json(deep=False)
        if self.edited is not None:
            found["edit_date"] = int(self.edited)
        found |= self._content() | self.extra
        if "inline_keyboard" in self.markup:
            found["reply_markup"] = self.markup
        return found

    def _content(self) -> Json:
        found: Json = dict(self.service)
        prefix = ""
        if self.attachment:
            found[self.attachment.kind] = self.attachment.to_json()
            prefix = "caption_"
        if self.text:
            found["caption" if prefix else "text"] = self.text
        if self.entities:
            found[f"{prefix}entities"] = [entity.to_json() for entity in self.entities]
        if self.preview:
            found["link_preview_options"] = self.preview
        return found

    def stub(self) -> Json:
        """Return what is told of a message that is gone or too old."""
        return {"chat": self.chat.to_json(), "message_id": self.id, "date": 0}
