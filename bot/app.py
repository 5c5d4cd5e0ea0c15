"""Builds everything, runs it, closes it."""

import itertools
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime

from rich.console import Console as Screen

from bot.adapters.console import Console, Scene
from bot.config import Config
from bot.core.assistant import Assistant
from bot.errors import SetupError
from bot.storage.settings import GroupSettings, Speak
from faq.library import CorpusError
from faq.matcher import Faq


def assistant(config: Config) -> Assistant:
    """Return the assistant that `config` describes.

    Raises:
        SetupError: the corpus is not fit to be shown.
    """
    return Assistant(
        faq=corpus(),
        defaults=GroupSettings(
            speak=Speak(config.defaults.speak),
            currency=config.defaults.currency,
            cooldown_s=config.defaults.cooldown_s,
        ),
        now=lambda: datetime.now(UTC),
        clock=time.monotonic,
        contact=config.bot.contact,
    )


def corpus() -> Faq:
    """Return the curated answers.

    Raises:
        SetupError: a content file is missing or broken.
    """
    try:
        return Faq.load()
    except CorpusError as error:
        raise SetupError(str(error)) from None


async def run(config: Config) -> None:
    """Serve every platform that has a token; without one, chat in the terminal.

    Raises:
        SetupError: there is neither a token nor anybody to chat with.
    """
    if sys.stdin.isatty():
        await chat(config, scene=Scene())
        return
    first = sys.stdin.readline()
    if not first:
        raise SetupError("there is nobody to talk to: set TELEGRAM_TOKEN or DISCORD_TOKEN, or run it in a terminal")
    await chat(config, scene=Scene(), lines=itertools.chain([first], sys.stdin))


async def chat(config: Config, *, scene: Scene, lines: Iterable[str] | None = None) -> None:
    """Chat in the terminal; `lines` are what is said instead of what is typed at a prompt."""
    screen = Screen(highlight=False)
    await Console(assistant=assistant(config), scene=scene, screen=screen, lines=lines).run()
