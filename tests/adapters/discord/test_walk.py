"""Every command is used, and every button, menu and form that it shows is tried once."""

from tests.adapters.discord.conftest import Stand
from tests.adapters.discord.eyes import words
from tests.platforms.discord_interaction import Answer, Interaction
from tests.platforms.discord_json import as_object, child
from tests.platforms.discord_people import Person
from tests.platforms.discord_permissions import Permission

GIVEN = {
    "question": "is bitcoin safe?",
    "topic": "exchange-risk",
    "what": "me",
    "currency": "EUR",
    "amount": "1 BTC",
    "wording": "can kraken go poof",
}


def unsafe(stand: Stand) -> list[str]:
    """The requests that show something and would let it notify people."""
    found = []
    for request in stand.server.record.requests:
        sent = as_object(request.body)
        message = child(sent, "data") if request.route.endswith("/callback") else sent
        if {"content", "embeds"} & set(message) and child(message, "allowed_mentions").get("parse") != []:
            found.append(f"{request.method} {request.route}")
    return found


async def seen(stand: Stand, interaction: Interaction) -> Answer:
    """What the person sees of an interaction; never an apology for a defect."""
    answer = await interaction.answer()
    await stand.server.quiet()
    stand.office.steps.clock.forward(10)
    if answer.message and not answer.message.deleted:
        assert "wrong on my side" not in words(answer)
    return answer


async def used(stand: Stand, person: Person, command: str) -> Answer:
    row = stand.office.assistant.command(command)
    assert row
    required = {option.name: (option.choices or (GIVEN[option.name],))[0] for option in row.options if option.required}
    return await seen(stand, await person.uses(stand.general, command, **required))


async def test_every_command_and_everything_that_it_shows(stand: Stand) -> None:
    stand.guild.grants(stand.mod, Permission.ADMINISTRATOR)
    await used(stand, stand.mod, "pin")
    for row, _ in stand.office.assistant.menu():
        shown = await used(stand, stand.mod, row.name)
        for label in shown.buttons:
            again = await used(stand, stand.mod, row.name)
            await seen(stand, await stand.mod.presses(again, label))
        for label in shown.options:
            again = await used(stand, stand.mod, row.name)
            await seen(stand, await stand.mod.chooses(again, label))
    assert unsafe(stand) == []
    assert stand.counted("failed") == stand.counted("unknown") == 0


async def test_every_choice_of_every_option(stand: Stand) -> None:
    for row, _ in stand.office.assistant.menu():
        for option in row.options:
            for choice in option.choices:
                required = {
                    other.name: GIVEN.get(other.name, "")
                    for other in row.options
                    if other.required and other is not option
                }
                answer = await seen(
                    stand,
                    await stand.server.operator.uses(stand.general, row.name, **required, **{option.name: choice}),
                )
                assert answer.ephemeral or answer.modal
    assert stand.counted("failed") == stand.counted("unknown") == 0


async def test_every_option_of_text_and_every_switch(stand: Stand) -> None:
    stand.guild.grants(stand.mod, Permission.ADMINISTRATOR)
    for row, _ in stand.office.assistant.menu():
        texts = {option.name: GIVEN[option.name] for option in row.options if option.name in GIVEN}
        picks = {option.name: option.choices[0] for option in row.options if option.choices and option.required}
        switches = {option.name: True for option in row.options if option.flag}
        if not row.private and row.right is None:
            switches["public"] = True
        given: dict[str, str | bool] = {**texts, **picks, **switches}
        await seen(stand, await stand.mod.uses(stand.general, row.name, **given))
    assert stand.counted("failed") == stand.counted("unknown") == 0
