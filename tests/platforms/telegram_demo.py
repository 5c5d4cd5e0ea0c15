"""The played Telegram as a program: `python -m tests.platforms.telegram_demo`, then talk to a bot in the terminal.

A line is a message from Alice in her private chat; "!Sources" presses the button with that label.
"""

import asyncio
import sys

import click

from tests.platforms.telegram_chat import Chat
from tests.platforms.telegram_objects import Message
from tests.platforms.telegram_server import TOKEN, TelegramServer
from tests.platforms.telegram_spec import Specification


async def talk(*, port: int, token: str) -> None:
    """Play Telegram until the input ends."""
    async with TelegramServer(port=port, token=token, specification=Specification.if_present()) as server:
        click.echo(f"api_url = {server.url}")
        alice = server.user("Alice")
        chat = server.private(alice)
        listening = asyncio.create_task(_listen(chat))
        last: Message | None = None
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            last = next((message for message in reversed(chat.messages.values()) if message.buttons), last)
            if line.startswith("!") and last:
                press = await alice.presses(last, line[1:])
                click.echo(f"[{await press.alert()}]")
            else:
                await alice.says(chat, line)
        listening.cancel()
        click.echo("\n".join(server.violations))


async def _listen(chat: Chat) -> None:
    while True:
        message = await chat.next_message(timeout_s=24 * 3600.0)
        click.echo(message.text)
        for row in message.rows:
            click.echo("  ".join(f"[{button.text}]" for button in row))


@click.command()
@click.option("--port", default=8081, help="Port on 127.0.0.1.")
@click.option("--token", default=TOKEN, help="Token of the bot.")
def main(port: int, token: str) -> None:
    """Play Telegram in the terminal."""
    asyncio.run(talk(port=port, token=token))


if __name__ == "__main__":
    main()
