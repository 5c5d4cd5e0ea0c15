"""One request being answered, and what a command may use to answer it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.guard import Guard
from bot.core.language import English
from bot.core.overheard import Overheard
from bot.core.phrases import Phrases
from bot.core.shelf import Shelf
from bot.messages import Reply, Request, Right
from bot.prices.market import Market
from bot.richtext import RichText
from bot.storage.groups import Group, GroupState
from bot.storage.log import Deed
from bot.storage.recent import Recent
from bot.storage.settings import GroupSettings
from bot.storage.shared import Cooldowns
from bot.storage.store import Store
from bot.storage.tally import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something to fill in behind a command: a slash option, or the words typed after it.

    Attributes:
        name: key in `Request.fields`, lower case.
        required: the command makes no sense without it.
        choices: the only values that are taken; empty for free text.
        topics: complete it with topics as somebody types.
        flag: yes or no.
        file: it is sent along, and comes as `Request.file`.
    """

    name: str
    required: bool = False
    choices: tuple[str, ...] = ()
    topics: bool = False
    flag: bool = False
    file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A row of the table of commands.

    Attributes:
        name: what is typed, `a-z_` only.
        run: answers a turn.
        right: the right that the asker needs in a group; None for everybody. MANAGE stands for what the group's
            settings say that a moderator must hold.
        group_only: it makes no sense in a private chat that is about no group.
        priced: it shows prices, so the group's settings say where it answers.
        options: in the order in which they are typed.
        private: the reply is only for the asker, in a group too.
        here: it acts on the channel in which it is typed, so it is obeyed there even if its reply is private.
        bare: obeyed in a group without the bot's name behind it.
        listed: stands in menus and help.
        form: may open a form at once, so the door must not defer.
        always: obeyed, with a right, while the database does not answer too.
        facts: the adapter tells in `Request.fields` what only it knows (rights, modes); see `doctor.FACTS`.
        limit_s: seconds that the answer may take.
    """

    name: str
    run: "Handler"
    right: Right | None = None
    group_only: bool = False
    priced: bool = False
    options: tuple[Option, ...] = ()
    private: bool = False
    here: bool = False
    bare: bool = False
    listed: bool = True
    form: bool = False
    always: bool = False
    facts: bool = False
    limit_s: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the operator set for every group.

    Attributes:
        max_pins: pins of the bot in one channel; it takes its oldest down for one more.
        refresh_s: seconds between refreshes of a price in a pin.
        wait_s: seconds in which others may answer an overheard question before the bot does.
        an_hour: overheard questions that are answered in an hour in one group.
        grace_days: days after which everything about a group goes that removed the bot.
    """

    max_pins: int = 10
    refresh_s: float = 3600.0
    wait_s: float = 90.0
    an_hour: int = 4
    grace_days: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What every command may use; built once at start.

    Attributes:
        shelf: the shared corpus.
        phrases: the bot's own words.
        english: notices other languages.
        commands: the table, by name.
        cooldowns: what happened lately.
        now: the present moment, aware UTC.
        contact: who runs this bot, as the operator wrote it; "" if unsaid.
        store: what groups chose and wrote.
        guard: finds wallet secrets.
        rules: what the operator set for every group.
        overheard: questions that wait for others to answer first.
        questions: texts by (platform, channel, message), for a short while and only where the group reviews questions.
        market: what a bitcoin costs; None where the operator wants no prices.
    """

    shelf: Shelf
    phrases: Phrases
    english: English
    commands: Mapping[str, Command] = field(repr=False)
    cooldowns: Cooldowns
    now: Callable[[], datetime]
    contact: str = ""
    store: Store
    guard: Guard
    rules: Rules
    overheard: Overheard
    questions: Recent[tuple[str, str, str], str]
    market: Market | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One request being answered.

    Attributes:
        request: what somebody wants.
        group: whose settings, entries and pins count.
        state: what is known of that group.
        shelf: what can be answered there.
        tools: what a command may use.
        is_stored: the database answered when it was asked for the group's state.
    """

    request: Request
    group: Group
    state: GroupState
    shelf: Shelf
    tools: Tools
    is_stored: bool = True

    @property
    def settings(self) -> GroupSettings:
        """How the bot behaves where it was asked."""
        return self.state.settings

    def say(self, key: str, **values: object) -> RichText:
        """Return one of the bot's sentences in the asker's language."""
        return self.tools.phrases.say(key, **values)

    def word(self, key: str, **values: object) -> str:
        """Return one of the bot's sentences as bare text."""
        return self.tools.phrases.word(key, **values)

    @property
    def in_group(self) -> bool:
        """Whether others read along."""
        return not self.request.place.direct

    @property
    def rights(self) -> frozenset[Right]:
        """What the asker may do in the group, or in their own private chat."""
        request = self.request
        if request.place.direct and not request.place.group:
            return frozenset(Right)
        if request.author.anonymous and not self.settings.anonymous:
            return frozenset()
        return frozenset(Right) if Right.OWN in request.author.rights else request.author.rights

    def missing(self, command: Command) -> Right | None:
        """Return the right that the asker lacks for a command."""
        right = command.right
        if right is Right.MANAGE and not (command.name == "settings" and self.settings.moderator is Right.PIN):
            # Who counts as moderator is set; but settings themselves are never opened to less than MANAGE.
            right = self.settings.moderator
        return None if right is None or right in self.rights else right

    @property
    def is_sure(self) -> bool:
        """Whether a button has confirmed something that cannot be undone."""
        return bool(self.request.pressed) and self.request.argument.split()[-1:] == [SURE]

    @property
    def asker(self) -> str:
        """The keyed hash that stands for the asker."""
        return self.tools.store.hash_of(self.request.place.platform, self.request.author.id)

    def deed(self, what: str) -> Deed:
        """Return a line for the moderators' log; nothing of anybody's question may stand in it."""
        return Deed(author="" if self.request.author.anonymous else self.request.author.id, what=what)

    def count(self, event: Event, *, topic: str = "") -> None:
        """Count what happened, for a group's statistics."""
        if not self.group.is_private:
            self.tools.store.tally.note(self.group, event, topic=topic)


SURE = "sure"
"""Ends the action of a button that confirms."""

Handler = Callable[[Turn], Awaitable[Reply | None]]
