"""Finding one's way: topics, start, help, about."""

from importlib.metadata import version

from bot.core.turn import Turn
from bot.messages import Button, Choices, Reply
from bot.richtext import join, plain
from faq.library import Theme

PAGE = 8
"""Topics on one page: what a phone shows without scrolling."""

_DIGITS = 3
"""Of the longest number of a theme or page."""


async def start(turn: Turn) -> Reply:
    """Say what the bot is for, and offer where to begin."""
    starters = (("start_safe", "is-bitcoin-safe"), ("start_new", "what-is-bitcoin"), ("start_scam", "phishing"))
    rows = tuple(
        (Button(label=turn.word(f"button_{key}"), action=f"show {topic}"),)
        for key, topic in starters
        if turn.shelf.entry(topic)
    )
    return Reply(text=turn.say("start"), buttons=(*rows, (topics_button(turn),)))


async def topics(turn: Turn) -> Reply:
    """List the themes; with a theme's number and a page behind the command, that theme's topics."""
    themes = turn.shelf.faq.themes
    numbers = [int(part) for part in turn.request.argument.split() if part.isdecimal() and len(part) <= _DIGITS]
    if not numbers or not 1 <= numbers[0] <= len(themes):
        options = tuple(Button(label=theme.name, action=f"topics {n}") for n, theme in enumerate(themes, start=1))
        return Reply(text=turn.say("topics"), choices=Choices(prompt=turn.word("theme_prompt"), options=options))
    page = numbers[1] if len(numbers) > 1 else 1
    return _theme_page(turn, theme=themes[numbers[0] - 1], number=numbers[0], page=page)


async def help_(turn: Turn) -> Reply:
    """List the commands that the asker may use."""
    lines = [
        turn.say("help_line", command=usage(turn, name), description=turn.word(f"command_{name}"))
        for name, command in turn.tools.commands.items()
        if command.listed and not turn.missing(command) and not (command.group_only and turn.group.is_private)
    ]
    return Reply(text=join([turn.say("help"), join(lines, "\n")]), buttons=((topics_button(turn),),))


async def about(turn: Turn) -> Reply:
    """Say what the bot is built on, what it cannot promise and what it stores."""
    parts = [
        turn.say("about", count=len(turn.shelf.faq.entries), privacy=turn.word("about_group")),
        turn.say("about_contact", contact=turn.tools.contact) if turn.tools.contact else (),
        turn.say("about_version", version=version("btc-safety-bot")),
    ]
    return Reply(text=join(parts), buttons=((topics_button(turn),),))


def topics_button(turn: Turn) -> Button:
    """Return the button that opens the list of topics."""
    return Button(label=turn.word("button_topics"), action="topics")


def usage(turn: Turn, name: str) -> str:
    """Return how a command is typed: its name and its options."""
    options = turn.tools.commands[name].options
    shown = [
        f"<{option.name}>" if option.required else f"[{option.name}]"
        for option in options
        if not option.flag and not option.file
    ]
    return " ".join([name, *shown])


def _theme_page(turn: Turn, *, theme: Theme, number: int, page: int) -> Reply:
    pages = max(1, -(-len(theme.entries) // PAGE))
    page = min(max(page, 1), pages)
    shown = theme.entries[(page - 1) * PAGE : page * PAGE]
    options = tuple(
        Button(label=entry.question, action=f"show {entry.id}")
        for entry in (turn.shelf.entry(topic) for topic in shown)
        if entry
    )
    back = Button(label=turn.word("button_back"), action=f"topics {number} {page - 1}" if page > 1 else "topics")
    more = Button(label=turn.word("button_more"), action=f"topics {number} {page + 1}")
    heading = f"{theme.name} ({page}/{pages})" if pages > 1 else theme.name
    return Reply(
        text=plain(heading, bold=True),
        choices=Choices(prompt=turn.word("topics_prompt"), options=options),
        buttons=((back, more),) if page < pages else ((back,),),
    )
