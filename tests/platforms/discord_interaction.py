"""One thing that somebody does with a bot, and what he or she gets to see of it."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.platforms.discord_json import JsonObject, children, number, text
from tests.platforms.discord_limits import BUTTON, SELECT, nested
from tests.platforms.discord_payloads import user_json
from tests.platforms.discord_signal import Signal
from tests.platforms.discord_world import Channel, Message, User

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
"""Kinds of interactions. Source: Discord developer documentation, Interaction Type."""
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
"""Kinds of answers. Source: Discord developer documentation, Interaction Callback Type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a bot offers while somebody types."""

    name: str
    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class ModalField:
    """A field of a modal; `row` is the component that holds it."""

    label: str
    custom_id: str
    value: str
    required: bool
    min_length: int
    max_length: int
    options: tuple[str, ...]
    row: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Modal:
    """A form that a bot has opened for somebody."""

    interaction: "Interaction" = field(repr=False)
    custom_id: str
    title: str
    fields: tuple[ModalField, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody got to see.

    Attributes:
        message: a message; None for a modal or choices.
        deferred: the bot had asked for time first.
    """

    message: Message | None = None
    modal: Modal | None = None
    choices: tuple[Choice, ...] | None = None
    deferred: bool = False

    @property
    def content(self) -> str:
        """The message's text."""
        return self.message.content if self.message else ""

    @property
    def embeds(self) -> list[JsonObject]:
        """The message's embeds."""
        return self.message.embeds if self.message else []

    @property
    def components(self) -> list[JsonObject]:
        """The message's components."""
        return self.message.components if self.message else []

    @property
    def buttons(self) -> list[str]:
        """The labels of the message's buttons."""
        everything = nested(self.components)
        return [text(component, "label") for component in everything if number(component, "type") == BUTTON]

    @property
    def options(self) -> list[str]:
        """The labels of the options in the message's menus."""
        menus = [component for component in nested(self.components) if number(component, "type") == SELECT]
        return [text(option, "label") for menu in menus for option in children(menu, "options")]

    @property
    def ephemeral(self) -> bool:
        """Only the asker sees it."""
        return self.message is not None and self.message.ephemeral


@dataclass(eq=False, kw_only=True)
class Interaction:
    """One thing that somebody did with the bot.

    Attributes:
        owners: for whom the app is installed, by integration type.
        source: the message whose component was used, or that the modal came from.
        target: the message of a context menu.
        first: the kind of the first answer; None: none yet.
        original: the message that @original means.
        answers: what the person got to see, in order.
        refused: how often the bot's answers were refused, by error code.
    """

    id: int
    token: str = field(repr=False)
    kind: int
    user: User
    channel: Channel = field(repr=False)
    data: JsonObject = field(repr=False)
    created: datetime
    owners: JsonObject
    only_user_install: bool
    secret: bool
    signal: Signal = field(repr=False)
    source: Message | None = None
    target: Message | None = None
    trigger: "Interaction | None" = field(default=None, repr=False)
    name: str = ""
    first: int | None = None
    original: Message | None = None
    answers: list[Answer] = field(default_factory=list, repr=False)
    follow_ups: int = 0
    refused: list[int] = field(default_factory=list)

    @property
    def deferred(self) -> bool:
        """The bot asked for time, and may have answered since."""
        return self.first in {DEFERRED, DEFERRED_UPDATE}

    @property
    def modal(self) -> Modal | None:
        """The modal that it opened."""
        return next((answer.modal for answer in self.answers if answer.modal), None)

    async def acknowledged(self) -> None:
        """Wait for a first answer of any kind."""
        await self.signal.until(lambda: self.first is not None, what="an interaction to be acknowledged")

    async def answer(self, number_: int = 1) -> Answer:
        """Wait for what the person sees: the first thing, or a later one."""
        return await self.signal.until(
            lambda: self.answers[number_ - 1] if len(self.answers) >= number_ else None, what="an answer"
        )

    def metadata(self) -> JsonObject:
        """What a message tells of the interaction that it answers."""
        data: JsonObject = {
            "id": str(self.id),
            "type": self.kind,
            "user": user_json(self.user),
            "authorizing_integration_owners": self.owners,
        }
        if self.kind == COMPONENT and self.source:
            data["interacted_message_id"] = str(self.source.id)
        if self.target:
            data["target_message_id"] = str(self.target.id)
        if self.trigger:
            data["triggering_interaction_metadata"] = self.trigger.metadata()
        return data


def modal_of(interaction: Interaction, data: JsonObject) -> Modal:
    """The modal that a bot's answer opens."""
    rows = children(data, "components")
    fields = [_field(row, component) for row in rows for component in nested([row]) if "custom_id" in component]
    return Modal(
        interaction=interaction, custom_id=text(data, "custom_id"), title=text(data, "title"), fields=tuple(fields)
    )


def _field(row: JsonObject, component: JsonObject) -> ModalField:
    menu = number(component, "type") == SELECT
    return ModalField(
        label=text(row, "label") or text(component, "label"),
        custom_id=text(component, "custom_id"),
        value=text(component, "value"),
        required=component.get("required", True) is not False,
        min_length=0 if menu else number(component, "min_length"),
        max_length=100 if menu else number(component, "max_length", 4000),
        options=tuple(text(option, "value") for option in children(component, "options")),
        row=row,
    )
