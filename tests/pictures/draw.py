"""Draws the pictures of the README from conversations with the loopback servers: `python tests/pictures/draw.py`."""

import asyncio
import io
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientSession
from PIL import Image

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from bot.adapters.discord.adapter import Discord  # noqa: E402 - the repository need not be installed
from bot.adapters.telegram.adapter import Options, TelegramAdapter  # noqa: E402
from bot.core.assistant import Assistant  # noqa: E402
from bot.ops.observe import Metrics  # noqa: E402
from bot.prices.market import open_market  # noqa: E402
from bot.storage.store import Store  # noqa: E402
from faq.matcher import Faq  # noqa: E402
from tests.adapters.discord.eyes import pieces  # noqa: E402
from tests.pictures.canvas import EDGE, Canvas, Look, Run  # noqa: E402
from tests.platforms.discord_interaction import Answer  # noqa: E402
from tests.platforms.discord_json import child, children, number, text  # noqa: E402
from tests.platforms.discord_permissions import Permission  # noqa: E402
from tests.platforms.discord_server import DiscordServer  # noqa: E402
from tests.platforms.telegram_objects import Message as TelegramMessage  # noqa: E402
from tests.platforms.telegram_server import TOKEN, TelegramServer  # noqa: E402
from tests.prices.exchange_server import exchange_server  # noqa: E402

WIDTH = 560
DARK = Look(
    page="#313338", card="#2b2d31", ink="#dbdee1", faint="#949ba4", link="#00a8fc", button="#4e5058", label="#ffffff",
    bar="#f7931a",
)  # fmt: skip
LIGHT = Look(
    page="#dfe6da", card="#ffffff", ink="#111111", faint="#7d8e98", link="#168acd", button="#b8c8b0", label="#1d3b20"
)
DRAWN = str.maketrans({"👍": "+1"})
"""What the fonts at hand cannot draw."""


def in_discord(said: str, answer: Answer) -> Canvas:
    """What somebody did and the answer, as Discord shows it."""
    canvas = Canvas(DARK, width=WIDTH, background=DARK.page)
    canvas.text([Run("Alice ", bold=True), Run(f"used {said}", faint=True)])
    if answer.modal:
        return _modal(canvas, answer)
    canvas.text([Run("Bitcoin Safety ", bold=True), Run("APP", faint=True)])
    for embed in answer.embeds:
        card = Canvas(DARK, width=WIDTH - 2 * EDGE, background=DARK.card)
        if title := text(embed, "title"):
            card.text([Run(piece.text, bold=True) for piece in pieces(title)])
        shown = pieces(text(embed, "description").replace("\u200b", ""))
        card.text([Run(_time(piece.text), bold=piece.bold, link=bool(piece.url)) for piece in shown])
        if child(embed, "image") and answer.message:
            picture = Image.open(io.BytesIO(answer.message.files[0].data))
            picture.info["plain"] = True
            card.paste(picture)
        canvas.paste(card.image)
    for row in answer.components:
        menus = [component for component in children(row, "components") if number(component, "type") == 3]
        labels = [f"{text(menu, 'placeholder')}  ▾" for menu in menus]
        labels += [
            text(button, "label").translate(DRAWN) for button in children(row, "components") if button not in menus
        ]
        canvas.buttons(labels, stretch=bool(menus))
    if answer.ephemeral:
        canvas.text([Run("Only you can see this", faint=True)])
    return canvas


def in_telegram(said: str, answer: TelegramMessage) -> Canvas:
    """What somebody wrote and the answer, as Telegram shows it."""
    canvas = Canvas(LIGHT, width=WIDTH, background=LIGHT.page)
    canvas.text([Run(f"You: {said}", faint=True)])
    bubble = Canvas(LIGHT, width=WIDTH - 2 * EDGE, background=LIGHT.card)
    if answer.attachment:
        bubble.paste(Image.open(io.BytesIO(answer.attachment.file.data)))
    runs, at = [], 0
    for entity in sorted(answer.body.entities, key=lambda entity: entity.offset):
        if entity.offset >= at:
            runs.append(Run(answer.body.text[at : entity.offset]))
            runs.append(Run(answer.body.part(entity), bold=entity.type == "bold", link=entity.type == "text_link"))
            at = entity.offset + entity.length
    bubble.text([*runs, Run(answer.body.text[at:])])
    canvas.paste(bubble.image)
    for row in answer.rows:
        canvas.buttons([button.text.translate(DRAWN) for button in row], stretch=True)
    return canvas


def _modal(canvas: Canvas, answer: Answer) -> Canvas:
    card = Canvas(DARK, width=WIDTH - 2 * EDGE, background=DARK.card)
    assert answer.modal
    card.text([Run(answer.modal.title, bold=True)])
    for asked in answer.modal.fields:
        card.text([Run(asked.label + (" *" if asked.required else ""), faint=True)])
        card.buttons([asked.value or " "], stretch=True)
    card.buttons(["Cancel", "Submit"], stretch=False)
    canvas.paste(card.image)
    return canvas


def _time(shown: str) -> str:
    if not shown.startswith("<t:"):
        return shown
    return f"{datetime.fromtimestamp(int(shown.split(':')[1]), UTC):%d %B %Y %H:%M}"


@asynccontextmanager
async def assistant() -> AsyncIterator[tuple[Assistant, Store]]:
    """A real assistant, with exchanges on the loopback."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Store.opened(Path(folder) / "bot.sqlite3") as store,
            exchange_server(now=_now) as exchanges,
            ClientSession() as session,
            open_market(session=session, now=_now, clock=time.monotonic, addresses=exchanges.addresses()) as market,
        ):
            yield Assistant(faq=Faq.load(), store=store, now=_now, clock=time.monotonic, market=market), store


def _now() -> datetime:
    return datetime.now(UTC)


async def draw_discord() -> None:
    async with assistant() as (desk, store), DiscordServer(patience=30) as server:
        server.points_library_here()
        token = server.gateway.settings.token
        adapter = Discord(
            desk, token=token, swap=store.notes.swap, metrics=Metrics(), api_url=server.api,
            gateway_url=server.gateway_address,
        )  # fmt: skip
        task = asyncio.create_task(adapter.run())
        alice = server.user("Alice")
        general = server.guild("Bitcoin beginners", members=[alice]).general
        assert general.guild
        general.guild.grants(alice, Permission.PIN_MESSAGES | Permission.MANAGE_GUILD)
        await server.connected()
        for name, command, options in (
            ("answer", "ask", {"question": "is it safe to keep my coins on an exchange?"}),
            ("unsure", "ask", {"question": "exchange wallet?"}),
            ("topics", "topics", {}),
            ("price", "price", {}),
            ("chart", "chart", {"range": "30d"}),
            ("settings", "settings", {}),
            ("form", "entry", {"action": "add"}),
            ("refusal", "unpin", {"topic": "seed-phrase"}),
        ):
            said = " ".join([f"/{command}", *(f"{key}: {value}" for key, value in options.items())])
            answer = await (await alice.uses(general, command, **options)).answer()
            in_discord(said, answer).save(HERE / f"discord-{name}.png")
        leak = {"question": "legal winner thank year wave sausage worth useful legal winner thank yellow"}
        warned = await (await alice.uses(general, "ask", **leak)).answer()
        in_discord("/ask question: (twelve secret words)", warned).save(HERE / "discord-warning.png")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def draw_telegram() -> None:
    async with assistant() as (desk, _), TelegramServer() as server:
        adapter = TelegramAdapter(desk, token=TOKEN, options=Options(api_url=server.url), metrics=Metrics())
        task = asyncio.create_task(adapter.run())
        chat = server.private(alice := server.user("Alice"))
        for name, said in (
            ("answer", "is it safe to keep my coins on an exchange?"),
            ("unsure", "exchange wallet?"),
            ("topics", "/topics"),
            ("price", "/price"),
            ("chart", "/chart 30d"),
        ):
            await alice.says(chat, said)
            in_telegram(said, await chat.next_message(timeout_s=30)).save(HERE / f"telegram-{name}.png")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def main() -> None:
    await draw_discord()
    await draw_telegram()


if __name__ == "__main__":
    asyncio.run(main())
