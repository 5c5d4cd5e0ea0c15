"""The review queue: off until wanted, without anything personal, and one tap makes a wording."""

import itertools

import pytest

from bot.core.asked import is_question, stripped
from bot.richtext import text_of
from faq.matcher import Decision, Faq
from tests.conftest import labels
from tests.core.conftest import Chatter
from tests.fakes import FakeClock

MISS = "zorbl frobnitz quux?"


@pytest.fixture
async def reviewed(mod: Chatter) -> None:
    """The group keeps its unanswered questions."""
    await mod.gets("/settings review on")


async def queue(mod: Chatter) -> str:
    return text_of((await mod.gets("/review")).text)


@pytest.mark.parametrize("line", ["coral", "3. giggle", "arch snake asthma violin", "ｃｏｒａｌ visual"])
async def test_what_may_be_a_line_of_secret_words_is_not_kept(mod: Chatter, bob: Chatter, line: str) -> None:
    await mod.gets("/settings review on")
    await bob.gets(line)
    assert line.rsplit(maxsplit=1)[-1] not in await queue(mod)


async def test_nothing_is_kept_until_it_is_switched_on(mod: Chatter, bob: Chatter) -> None:
    await bob.gets(MISS)
    assert "Nothing is kept" in await queue(mod)
    assert "kept for review" in text_of((await mod.gets("/settings review on")).text)
    assert "No question waits" in await queue(mod)
    await bob.gets(MISS)
    assert MISS in await queue(mod)


def missed(faq: Faq) -> str:
    """Return a text that is not answered, though something comes near."""
    words = [
        "bridge",
        "garden",
        "paper",
        "tax",
        "halving",
        "phone",
        "kettle",
        "friday",
        "lightning",
        "uncle",
        "miner",
        "bank",
    ]
    for chosen in itertools.permutations(words, 4):
        text = " ".join(chosen)
        found = faq.search(text)
        if found and faq.decide(found) is Decision.NONE:
            return text
    raise AssertionError("every text is answered")


@pytest.mark.usefixtures("reviewed")
async def test_one_tap_makes_a_working_wording_and_undo_takes_it_back(mod: Chatter, bob: Chatter, faq: Faq) -> None:
    text = missed(faq)
    reply = await bob.gets(text)
    assert not reply.topic
    panel = await mod.gets("/review")
    assert text in text_of(panel.text)
    wanted = labels(panel)[0]
    done = await mod.presses(panel, wanted)
    assert f"“{text}” now leads to {wanted}" in text_of(done.text)
    assert (await bob.gets(text)).title == wanted
    back = await mod.presses(done, "Undo")
    assert "Undone." in text_of(back.text)
    assert text in text_of(back.text)
    assert (await bob.gets(text)).title != wanted


@pytest.mark.usefixtures("reviewed")
async def test_a_question_becomes_an_entry(mod: Chatter, bob: Chatter) -> None:
    await bob.gets(MISS)
    form = await mod.presses(await mod.gets("/review"), "Write an entry")
    assert form.form
    assert form.form.fields[0].value == MISS
    await mod.fills(form, answer="A zorbl is a frobnitz.")
    assert "A zorbl is a frobnitz." in text_of((await bob.gets(MISS)).text)
    assert "No question waits" in await queue(mod)


@pytest.mark.usefixtures("reviewed")
async def test_a_question_is_dismissed_and_that_is_undone(mod: Chatter, bob: Chatter) -> None:
    await bob.gets(MISS)
    done = await mod.presses(await mod.gets("/review"), "Dismiss")
    assert "No question waits" in text_of(done.text)
    await mod.presses(done, "Undo")
    assert MISS in await queue(mod)


@pytest.mark.usefixtures("reviewed")
async def test_questions_alike_are_grouped_and_the_most_asked_comes_first(mod: Chatter, bob: Chatter) -> None:
    await bob.gets("wibble wobble")
    for text in (MISS, "Zorbl frobnitz quux", "quux zorbl frobnitz ?"):
        await bob.gets(text)
    panel = await mod.gets("/review")
    assert "Times asked: 3" in text_of(panel.text)
    assert "wibble" in text_of((await mod.presses(panel, "Next ›")).text)


@pytest.mark.usefixtures("reviewed")
async def test_not_my_question_keeps_the_question_with_what_was_shown(mod: Chatter, bob: Chatter) -> None:
    reply = await bob.gets("What is a seed phrase and how do I keep it safe?")
    await bob.presses(reply, "Not my question")
    text = await queue(mod)
    assert "What is a seed phrase and how do I keep it safe?" in text
    assert "which was not meant" in text


@pytest.mark.usefixtures("reviewed")
async def test_not_my_question_of_somebody_else_keeps_nothing(mod: Chatter, bob: Chatter, carol: Chatter) -> None:
    reply = await bob.gets("What is a seed phrase and how do I keep it safe?")
    await carol.presses(reply, "Not my question", shown=bob.shown)
    assert "No question waits" in await queue(mod)


@pytest.mark.usefixtures("reviewed")
async def test_nothing_personal_is_kept(mod: Chatter, bob: Chatter) -> None:
    await bob.gets(
        "zorbl @carol frobnitz carol@example.org quux https://t.me/x +49 170 1234567"
        " bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq <@99887766> 0x52908400098527886E0F7030069857D2E4169EE7"
    )
    text = await queue(mod)
    assert "zorbl" in text
    for secret in ("carol", "example.org", "t.me", "170", "bc1q", "99887766", "0x529"):
        assert secret not in text


@pytest.mark.usefixtures("reviewed")
async def test_what_the_guard_catches_is_never_kept(mod: Chatter, bob: Chatter) -> None:
    await bob.gets("abandon " * 11 + "about")
    await bob.gets("lost zorbl abandon abandon abandon " + "abandon " * 8 + "about")
    assert "No question waits" in await queue(mod)


@pytest.mark.usefixtures("reviewed")
async def test_questions_are_kept_thirty_days(mod: Chatter, bob: Chatter, clock: FakeClock) -> None:
    await bob.gets(MISS)
    assert MISS in await queue(mod)
    clock.forward(31 * 86_400)
    await mod.assistant._tools.store.purge()
    assert "No question waits" in await queue(mod)


@pytest.mark.usefixtures("reviewed")
async def test_words_of_the_first_asker_go_after_thirty_days_though_others_ask_alike(
    mod: Chatter, bob: Chatter, clock: FakeClock
) -> None:
    await bob.gets(MISS)
    clock.forward(20 * 86_400)
    await bob.gets(MISS)
    assert "Times asked: 2" in await queue(mod)
    clock.forward(11 * 86_400)
    await mod.assistant._tools.store.purge()
    assert "No question waits" in await queue(mod)


@pytest.mark.usefixtures("reviewed")
async def test_a_dismissed_question_does_not_come_back_when_it_is_asked_again(mod: Chatter, bob: Chatter) -> None:
    await bob.gets(MISS)
    done = await mod.presses(await mod.gets("/review"), "Dismiss")
    await bob.gets(MISS)
    assert "No question waits" in await queue(mod)
    await mod.presses(done, "Undo")
    assert "Times asked: 2" in await queue(mod)


@pytest.mark.usefixtures("reviewed")
async def test_private_questions_and_other_groups_are_not_mixed_in(mod: Chatter, bob: Chatter) -> None:
    alone = Chatter(mod.assistant, name="alice", group="")
    await alone.gets(MISS)
    bob.group = "another group"
    await bob.gets(MISS)
    assert "No question waits" in await queue(mod)


@pytest.mark.parametrize("text", ["/review alias 99 phishing", "/review dismiss x", "/review undo", "/review next 5"])
async def test_a_question_that_is_gone_is_refused(mod: Chatter, text: str) -> None:
    assert "no longer here" in text_of((await mod.gets(text)).text)


async def test_a_question_of_another_group_cannot_be_touched(mod: Chatter, bob: Chatter) -> None:
    await mod.gets("/settings review on")
    await bob.gets(MISS)
    panel = await mod.gets("/review")
    mod.group = "another group"
    assert "no longer here" in text_of((await mod.presses(panel, "Dismiss")).text)


async def test_a_member_may_not_review(bob: Chatter) -> None:
    assert "Only this group's moderators" in text_of((await bob.gets("/review")).text)


@pytest.mark.parametrize(
    "text",
    [
        "is it safe",
        "What's a seed phrase",
        "hey guys, how do i keep my keys",
        "anyone know a good wallet",
        "my wallet is empty?",
        "Don't exchanges lose coins",
    ],
)
def test_a_question_is_told_from_talk(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize("text", ["I lost my keys", "good morning", "", "that is what I said", "ok so", "🙂"])
def test_talk_is_told_from_a_question(text: str) -> None:
    assert not is_question(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("write to support@coin.example.com please", "write to … please"),
        ("is scam-site.com real", "is … real"),
        ("call 555-123-4567 ok", "call … ok"),
        ("I live at 12 Long Oak Street in town", "I live at … in town"),
        ("is 0.5 btc worth 50000 usd", "is 0.5 btc worth 50000 usd"),
        ("why 12 words and not 24", "why 12 words and not 24"),
        ("@a", ""),
        ("???", ""),
        ("x" * 500, "x" * 200),
        ("key 5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ here", "key … here"),
        ("tx f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16 gone", "tx … gone"),
        ("two\nlines\tand \x00 nothing", "two lines and nothing"),
    ],
)
def test_a_text_is_stripped_of_what_is_personal(text: str, kept: str) -> None:
    assert stripped(text) == kept
