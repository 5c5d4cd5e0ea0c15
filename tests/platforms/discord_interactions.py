"""What people do with a bot (commands, buttons, menus, modals) and how the bot answers, with Discord's deadlines."""

from collections.abc import Mapping
from datetime import timedelta

from tests.platforms.discord_interaction import (
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    DEFERRED,
    DEFERRED_UPDATE,
    MESSAGE,
    MODAL,
    MODAL_SUBMIT,
    UPDATE,
    Answer,
    Choice,
    Interaction,
    modal_of,
)
from tests.platforms.discord_json import JsonObject, child, children, number, text
from tests.platforms.discord_limits import check_choices, check_modal
from tests.platforms.discord_post import MENTIONS_OF_INTERACTIONS, Circumstances, Post, Upload
from tests.platforms.discord_refusals import (
    ALREADY_ACKNOWLEDGED,
    EXPIRED_TOKEN,
    INVALID_FORM,
    TOO_MANY_FOLLOW_UPS,
    UNKNOWN_INTERACTION,
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
    Fault,
    Refused,
)
from tests.platforms.discord_signal import Signal
from tests.platforms.discord_world import Clock, Message, MessageFlag, User

FIRST_ANSWER = timedelta(seconds=3)
TOKEN_LIFE = timedelta(minutes=15)
FOLLOW_UPS_OF_USER_INSTALL = 5
CHAT_INPUT_ANSWER, CONTEXT_ANSWER, REPLY = 20, 23, 19


class Interactions:
    """All interactions, and the bot's answers to them."""

    def __init__(self, clock: Clock, *, post: Post, bot: User, signal: Signal) -> None:
        self.every: list[Interaction] = []
        self._clock = clock
        self._post = post
        self._bot = bot
        self._signal = signal
        self._by_token: dict[str, Interaction] = {}

    def add(self, interaction: Interaction) -> None:
        """Somebody did something."""
        self.every.append(interaction)
        self._by_token[interaction.token] = interaction

    def by_token(self, token: str) -> Interaction | None:
        """The interaction with a token, however old."""
        return self._by_token.get(token)

    def begin(self, interaction_id: int, token: str, body: JsonObject, uploads: Mapping[int, Upload]) -> Interaction:
        """The bot's first answer.

        Raises:
            Refused: too late (10062), a second one (40060), or not possible for this kind (50035).
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id:
            raise Refused(UNKNOWN_INTERACTION)
        age = self._clock.now() - interaction.created
        if age > TOKEN_LIFE or (interaction.first is None and age > FIRST_ANSWER):
            raise Refused(UNKNOWN_INTERACTION)
        if interaction.first is not None:
            raise Refused(ALREADY_ACKNOWLEDGED)
        kind = number(body, "type")
        if kind not in _possible(interaction):
            fault = Fault("type", "INTERACTION_INVALID_TYPE", "Not a possible answer to this kind of interaction.")
            raise Refused(INVALID_FORM, faults=[fault])
        self._begin(interaction, kind, child(body, "data"), uploads)
        interaction.first = kind
        self._signal.changed()
        return interaction

    def _begin(self, interaction: Interaction, kind: int, data: JsonObject, uploads: Mapping[int, Upload]) -> None:
        if kind in {MESSAGE, DEFERRED}:
            interaction.original = self._write(interaction, data, uploads, loading=kind == DEFERRED)
        elif kind == DEFERRED_UPDATE:
            interaction.original = interaction.source
        elif kind == UPDATE and interaction.source:
            self._post.edit(interaction.source, data, uploads=uploads)
            interaction.original = interaction.source
            interaction.answers.append(Answer(message=interaction.source))
        elif kind == CHOICES:
            check_choices(data)
            offered = (Choice(name=text(told, "name"), value=told.get("value")) for told in children(data, "choices"))
            interaction.answers.append(Answer(choices=tuple(offered)))
        elif kind == MODAL:
            check_modal(data)
            interaction.answers.append(Answer(modal=modal_of(interaction, data)))

    def original(self, token: str) -> Message:
        """The message that @original means.

        Raises:
            Refused: there is none (10015, 50027), or it is gone (10008).
        """
        interaction = self._answered(token)
        if interaction.original is None or interaction.original.deleted:
            raise Refused(UNKNOWN_MESSAGE)
        return interaction.original

    def message(self, token: str, message_id: int) -> Message:
        """A message of the bot for an interaction, by id.

        Raises:
            Refused: there is none such.
        """
        interaction = self._answered(token)
        shown = [answer.message for answer in interaction.answers] + [interaction.original]
        for message in shown:
            if message and message.id == message_id and not message.deleted:
                return message
        raise Refused(UNKNOWN_MESSAGE)

    def edit(self, token: str, message: Message, body: JsonObject, uploads: Mapping[int, Upload]) -> None:
        """The bot changes a message of an interaction.

        Raises:
            Refused: it would be empty or over a limit.
        """
        interaction = self._answered(token)
        self._post.edit(message, body, uploads=uploads)
        if interaction.deferred and message is interaction.original and not _is_shown(interaction, message):
            interaction.answers.append(Answer(message=message, deferred=True))
        self._signal.changed()

    def delete(self, token: str, message: Message) -> None:
        """The bot takes a message of an interaction away."""
        self._answered(token)
        self._post.delete(message)

    def follow_up(self, token: str, body: JsonObject, uploads: Mapping[int, Upload]) -> Message:
        """One more message for an interaction; the first after a deferral takes the place of "thinking".

        Raises:
            Refused: no answer was given before (10015), or a user install has had five (40094).
        """
        interaction = self._answered(token)
        waiting = interaction.original
        if waiting and MessageFlag.LOADING in waiting.flags and not waiting.deleted:
            self.edit(token, waiting, body, uploads)
            return waiting
        if interaction.only_user_install and interaction.follow_ups >= FOLLOW_UPS_OF_USER_INSTALL:
            raise Refused(TOO_MANY_FOLLOW_UPS)
        message = self._write(interaction, body, uploads, reference=interaction.original)
        interaction.follow_ups += 1
        return message

    def _answered(self, token: str) -> Interaction:
        interaction = self._by_token.get(token)
        if interaction and self._clock.now() - interaction.created > TOKEN_LIFE:
            raise Refused(EXPIRED_TOKEN)
        if interaction is None or interaction.first is None:
            raise Refused(UNKNOWN_WEBHOOK)
        return interaction

    def _write(
        self,
        interaction: Interaction,
        body: JsonObject,
        uploads: Mapping[int, Upload],
        *,
        loading: bool = False,
        reference: Message | None = None,
    ) -> Message:
        secret = interaction.secret or MessageFlag.EPHEMERAL in MessageFlag(number(body, "flags"))
        kind = (CONTEXT_ANSWER if interaction.target else CHAT_INPUT_ANSWER) if interaction.kind == COMMAND else 0
        circumstances = Circumstances(
            kind=REPLY if reference else kind,
            audience=interaction.user if secret else None,
            reference=reference,
            interaction=interaction.metadata(),
            loading=loading,
            mentions=MENTIONS_OF_INTERACTIONS,
        )
        message = self._post.write(
            interaction.channel, author=self._bot, body=body, uploads=uploads, circumstances=circumstances
        )
        if not loading:
            interaction.answers.append(Answer(message=message, deferred=interaction.deferred))
        self._signal.changed()
        return message


def _is_shown(interaction: Interaction, message: Message) -> bool:
    return any(answer.message is message for answer in interaction.answers)


def _possible(interaction: Interaction) -> set[int]:
    if interaction.kind == AUTOCOMPLETE:
        return {CHOICES}
    possible = {MESSAGE, DEFERRED}
    if interaction.source:
        possible |= {UPDATE, DEFERRED_UPDATE}
    return possible if interaction.kind == MODAL_SUBMIT else possible | {MODAL}
