"""One request being answered, and what a command may use to answer it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from bot.core.language import English
from bot.core.phrases import Phrases
from bot.messages import Reply, Request, Right
from bot.richtext import RichText, parse
from bot.storage.settings import GroupSettings
from bot.storage.shared import Cooldowns
from faq.entry import Entry
from faq.matcher import Faq


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What a group can be answered from.

    Attributes:
        faq: the shared corpus, with the group's own entries if it has any.
        answers: the parsed answers by id.
        own: ids of the entries that the group's moderators wrote.
    """

    faq: Faq
    answers: Mapping[str, RichText]
    own: frozenset[str] = frozenset()

    @classmethod
    def of(cls, faq: Faq) -> "Shelf":
        """Return the shelf of a FAQ, its answers parsed once."""
        return cls(faq=faq, answers=MappingProxyType({entry.id: parse(entry.answer) for entry in faq.entries.values()}))

    def entry(self, topic: str) -> Entry | None:
        """Return the entry with this id."""
        return self.faq.get(topic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something to fill in behind a command: a slash option, or the words typed after it.

    Attributes:
        name: key in `Request.fields`, lower case.
        required: the command makes no sense without it.
        choices: the only values that are taken; empty for free text.
        topics: complete it with topics as somebody types.
        flag: yes or no.
    """

    name: str
    required: bool = False
    choices: tuple[str, ...] = ()
    topics: bool = False
    flag: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A row of the table of commands.

    Attributes:
        name: what is typed, `a-z_` only.
        run: answers a turn.
        right: the right that the asker needs in a group; None for everybody.
        options: in the order in which they are typed.
        private: the reply is only for the asker, in a group too.
        bare: obeyed in a group without the bot's name behind it.
        listed: stands in menus and help.
        form: may open a form at once, so the door must not defer.
        limit_s: seconds that the answer may take.
    """

    name: str
    run: "Handler"
    right: Right | None = None
    options: tuple[Option, ...] = ()
    private: bool = False
    bare: bool = False
    listed: bool = True
    form: bool = False
    limit_s: float = 2.0


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
    """

    shelf: Shelf
    phrases: Phrases
    english: English
    commands: Mapping[str, Command] = field(repr=False)
    cooldowns: Cooldowns
    now: Callable[[], datetime]
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One request being answered.

    Attributes:
        request: what somebody wants.
        settings: how the bot behaves where it was asked.
        shelf: what can be answered there.
        tools: what a command may use.
    """

    request: Request
    settings: GroupSettings
    shelf: Shelf
    tools: Tools

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


Handler = Callable[[Turn], Awaitable[Reply | None]]
