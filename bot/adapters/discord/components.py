"""Buttons, menus and forms. What they do stands in their ids, so they go on working after a restart.

The ids bear a version: messages stay for years, and a later form of ids must not be mistaken for this one.
"""

import itertools
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator

import discord

from bot.messages import Button, Choices, Form, Reply

ROWS, IN_ROW = 5, 5
LABEL, OPTION, PROMPT, TITLE, FIELD = 80, 100, 150, 45, 45
"""Limits, in characters. Source: Discord developer documentation, Component Reference."""

FORM_S = 900.0

_CHOOSE = "v1/choose"
_ID = re.compile(r"v1(?:\.\d+)?:(?P<action>.+)")
_STYLES = {
    "danger": discord.ButtonStyle.danger,
    "success": discord.ButtonStyle.success,
    "primary": discord.ButtonStyle.primary,
}

Pressed = Callable[[discord.Interaction, str], Awaitable[None]]
"""Does what a component says; the action is "" if the component is from another time."""

Component = discord.ui.Item[discord.ui.View]


def dynamic_item(pressed: Pressed) -> type[discord.ui.DynamicItem[Component]]:
    """Return the item that stands for every button and menu on any message of the bot, however old."""

    class Pressable(discord.ui.DynamicItem[Component], template=r".+"):
        @classmethod
        async def from_custom_id(
            cls, _interaction: discord.Interaction, item: Component, _match: re.Match[str], /
        ) -> "Pressable":
            return cls(item)

        async def callback(self, interaction: discord.Interaction) -> None:
            if isinstance(self.item, discord.ui.Select):
                chosen = self.item.values[0] if self.item.custom_id == _CHOOSE else ""
                await pressed(interaction, chosen)
            else:
                await pressed(interaction, action_of(self.custom_id))

    return Pressable


def action_of(custom_id: str) -> str:
    """Return the action behind an id, "" for one of another time."""
    found = _ID.fullmatch(custom_id)
    return found["action"] if found else ""


def view(reply: Reply) -> discord.ui.View | None:
    """Return the menu and buttons of a reply; None if it has none."""
    if not reply.choices and not reply.buttons:
        return None
    shown = discord.ui.View(timeout=None)
    ids = _ids()
    free = ROWS
    if reply.choices and reply.choices.options:
        shown.add_item(_menu(reply.choices))
        free -= 1
    for number, row in enumerate(_rows(reply.buttons, free), start=ROWS - free):
        for button in row:
            shown.add_item(_button(button, ids(button.action), row=number))
    # The library keeps what it waits for; nobody waits for this, since `dynamic_item` answers for all.
    shown.stop()
    return shown


def modal(form: Form) -> discord.ui.Modal:
    """Return a form; its answers come back by its id, after a restart too."""
    shown = discord.ui.Modal(title=shortened(form.title, TITLE), custom_id=f"v1:{form.action}", timeout=FORM_S)
    for asked in form.fields:
        entry: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
            custom_id=asked.name,
            style=discord.TextStyle.long if asked.long else discord.TextStyle.short,
            default=asked.value[: asked.max_length] or None,
            required=asked.required,
            max_length=asked.max_length,
        )
        shown.add_item(discord.ui.Label(text=shortened(asked.label, FIELD), component=entry))
    shown.stop()
    return shown


def shortened(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _menu(choices: Choices) -> discord.ui.Select[discord.ui.View]:
    options: dict[str, discord.SelectOption] = {}
    for option in choices.options[:25]:
        options.setdefault(
            option.action, discord.SelectOption(label=shortened(option.label, OPTION), value=option.action)
        )
    return discord.ui.Select(
        custom_id=_CHOOSE, placeholder=shortened(choices.prompt, PROMPT), options=list(options.values()), row=0
    )


def _button(button: Button, custom_id: str, *, row: int) -> discord.ui.Button[discord.ui.View]:
    label = shortened(button.label, LABEL)
    if button.url:
        return discord.ui.Button(label=label, url=button.url, row=row)
    style = _STYLES.get(button.style, discord.ButtonStyle.secondary)
    return discord.ui.Button(label=label, custom_id=custom_id, style=style, row=row)


def _ids() -> Callable[[str], str]:
    """Return what makes ids that are unique in a message."""
    taken: set[str] = set()

    def make(action: str) -> str:
        found = f"v1:{action}"
        if found in taken:
            numbered = (f"v1.{number}:{action}" for number in itertools.count(2))
            found = next(candidate for candidate in numbered if candidate not in taken)
        taken.add(found)
        return found

    return make


def _rows(rows: tuple[tuple[Button, ...], ...], free: int) -> Iterable[tuple[Button, ...]]:
    """Return the rows as they are if they fit, else packed as tightly as they can be."""
    if len(rows) <= free and all(len(row) <= IN_ROW for row in rows):
        return rows
    return itertools.islice(_packed(button for row in rows for button in row), free)


def _packed(buttons: Iterable[Button]) -> Iterator[tuple[Button, ...]]:
    waiting = iter(buttons)
    while row := tuple(itertools.islice(waiting, IN_ROW)):
        yield row
