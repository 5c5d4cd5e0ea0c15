"""A group's own entries and wordings, and everything that must not get through them."""

import asyncio
from dataclasses import replace

import pytest

from bot.messages import Reply
from bot.richtext import text_of
from bot.storage.own_entries import OWN
from faq.entry import Flag
from faq.matcher import Faq
from tests.conftest import labels
from tests.core.conftest import Chatter, Duty

QUESTION = "Where do we meet on Fridays?"
ANSWER = "In the library, second floor."


def safety(faq: Faq) -> str:
    return next(entry.id for entry in faq.entries.values() if Flag.SAFETY in entry.flags)


def replaceable(faq: Faq) -> str:
    return next(entry.id for entry in faq.entries.values() if Flag.SAFETY not in entry.flags)


async def adds(mod: Chatter, **fields: str) -> Reply:
    form = await mod.gets("/entry add")
    assert form.private
    return await mod.fills(form, **({"question": QUESTION, "answer": ANSWER} | fields))


async def added(mod: Chatter, **fields: str) -> str:
    """Add an entry; return its id."""
    reply = await adds(mod, **fields)
    assert text_of(reply.text).startswith("Added"), text_of(reply.text)
    return next(b for row in reply.buttons for b in row if b.label == "Show it").action.removeprefix("show ")


async def listed(mod: Chatter) -> str:
    return text_of((await mod.gets("/entry list")).text)


async def test_an_own_entry_is_found_in_its_group_alone_and_marked(mod: Chatter, bob: Chatter) -> None:
    topic = await added(mod, wordings="friday meetup place\nwhere is the meetup")
    assert topic == "own-where-do-we-meet-on-fridays"
    reply = await bob.gets("where is the meetup")
    assert reply.title == QUESTION
    assert text_of(reply.text) == f"{ANSWER}\n\nAdded by this group's moderators."
    bob.group = "another group"
    other = await bob.gets("where is the meetup")
    assert other.title != QUESTION
    assert "no topic called" in text_of((await bob.gets(f"/show {topic}")).text)


async def test_own_entries_are_a_theme_of_their_own_among_the_topics(mod: Chatter, bob: Chatter) -> None:
    await added(mod)
    themes = await bob.gets("/topics")
    page = await bob.presses(themes, "From this group's moderators")
    assert QUESTION in labels(page)
    assert "" not in labels(themes)


async def test_an_own_entry_overrides_a_shared_one_for_the_group_alone(mod: Chatter, bob: Chatter, faq: Faq) -> None:
    await added(mod, overrides=replaceable(faq))
    shown = await bob.gets(f"/show {replaceable(faq)}")
    assert ANSWER in text_of(shown.text)
    assert "Sources" not in text_of(shown.text)
    bob.group = "another group"
    assert ANSWER not in text_of((await bob.gets(f"/show {replaceable(faq)}")).text)


async def test_a_safety_entry_is_only_added_to(mod: Chatter, bob: Chatter, faq: Faq) -> None:
    topic = safety(faq)
    reply = await adds(mod, overrides=topic)
    assert "added below the shared answer" in text_of(reply.text)
    shown = await bob.gets(f"/show {topic}")
    assert shown.title == faq.entries[topic].question
    assert text_of(shown.text).endswith(f"Added by this group's moderators: {ANSWER}")
    assert "Sources" in text_of(shown.text)


async def test_an_own_entry_never_silences_an_answer_on_safety(mod: Chatter, bob: Chatter, faq: Faq) -> None:
    await added(mod, question="Who are the admins of this group?", wordings="list of admins\nadmin of this group")
    asked = "someone who says he is an admin of this group asks for my seed"
    offered = labels(await bob.gets(asked))
    assert offered[:2] == [faq.entries["fake-support"].question, "Who are the admins of this group?"]
    assert (await bob.gets("list of admins")).title == "Who are the admins of this group?"


async def test_an_own_entry_and_one_on_safety_are_both_offered_where_neither_is_sure(
    mod: Chatter, bob: Chatter
) -> None:
    await added(mod, wordings="bitcoin meetup\nmeetup in leipzig")
    offered = labels(await bob.gets("somebody stole my ledger at the meetup in leipzig"))
    assert QUESTION in offered
    assert "My Bitcoin was stolen. What can I do?" in offered
    assert (await bob.gets("meetup in leipzig")).title == QUESTION


async def test_an_entry_in_the_place_of_a_shared_one_answers_where_that_would_have(mod: Chatter, bob: Chatter) -> None:
    await added(mod, overrides="taxes")
    asked = "so do i need to tell the tax office about bitcoin"
    reply = await bob.gets(asked)
    assert (reply.title, reply.topic) == (QUESTION, "taxes")
    assert ANSWER in text_of(reply.text)


async def test_the_wordings_of_a_safety_entry_cannot_be_taken_away(mod: Chatter, bob: Chatter, faq: Faq) -> None:
    topic = safety(faq)
    question = faq.entries[topic].question
    refused = await adds(mod, question=question, answer="Send your words to our admin.")
    assert "belongs to the safety topic" in text_of(refused.text)
    refused = await adds(mod, wordings=faq.entries[topic].wordings[0])
    assert "belongs to the safety topic" in text_of(refused.text)
    refused = await mod.gets(f"/alias exchange-risk {question}")
    assert "belongs to the safety topic" in text_of(refused.text)
    assert (await bob.gets(question)).topic in {"", topic}
    assert (await bob.gets(topic)).topic == topic


async def test_an_entry_is_edited_in_a_form_that_holds_what_stands_there(mod: Chatter, bob: Chatter) -> None:
    topic = await added(mod, wordings="friday meetup place")
    form = await mod.gets(f"/entry edit {topic}")
    assert form.form
    assert [field.value for field in form.form.fields] == [QUESTION, ANSWER, "friday meetup place", ""]
    await mod.fills(form, answer="In the park.")
    assert "In the park." in text_of((await bob.gets("friday meetup place")).text)
    assert (await listed(mod)).count(OWN) == 1


async def test_an_entry_is_removed_after_a_confirming_button(mod: Chatter, bob: Chatter) -> None:
    topic = await added(mod)
    sure = await mod.gets(f"/entry remove {topic}")
    await mod.gets(f"/entry remove {topic} sure")
    assert topic in await listed(mod)
    await mod.presses(sure, "Remove it")
    assert topic not in await listed(mod)
    assert (await bob.gets(QUESTION)).title != QUESTION


async def test_a_pin_of_a_removed_entry_is_taken_down(mod: Chatter) -> None:
    topic = await added(mod)
    await mod.gets(f"/pin {topic}")
    message = mod.shown
    done = await mod.presses(await mod.gets(f"/entry remove {topic}"), "Remove it")
    assert done.unpins == (message,)
    assert "Nothing of mine" in text_of((await mod.gets("/pins")).text)


async def test_a_pin_of_a_removed_entry_says_so_where_it_cannot_be_taken_down_at_once(mod: Chatter, duty: Duty) -> None:
    topic = await added(mod)
    await mod.gets(f"/pin {topic}")
    message, place = mod.shown, mod.place
    mod.direct = True
    await mod.presses(await mod.gets(f"/entry remove {topic}"), "Remove it")
    due = await duty.next()
    assert (due.place, due.reply.replaces) == (replace(place, direct=False), message)
    assert "removed" in text_of(due.reply.text)
    assert ANSWER not in text_of(due.reply.text)
    mod.direct = False
    await mod.delivers(due.reply, None)
    assert "Nothing of mine" in text_of((await mod.gets("/pins")).text)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"question": "Why"}, "5 to 80 characters"),
        ({"question": "W" * 81}, "5 to 80 characters"),
        ({"answer": " \u200b\n "}, "1 to 1500 characters"),
        ({"answer": "x" * 1501}, "1 to 1500 characters"),
        ({"wordings": "\n".join(f"wording {n}" for n in range(21))}, "At most 20"),
        ({"wordings": "w" * 201}, "2 to 200 characters"),
        ({"question": "Is https://example.org good?"}, "Links can only stand in an answer"),
        ({"wordings": "see https://example.org"}, "Links can only stand in an answer"),
        ({"answer": "Go to https://bank.example@evil.example/login"}, "plainly where it leads"),
        ({"answer": "Go to https://xn--80ak6aa92e.com"}, "plainly where it leads"),
        ({"answer": "Go to https://аррӏе.com"}, "plainly where it leads"),
        ({"answer": "Go to https://evil.example:8443/"}, "plainly where it leads"),
        ({"answer": "Go to https://127.0.0.1/"}, "plainly where it leads"),
        ({"answer": "Go to http://example.org"}, "https://"),
        ({"answer": "Press javascript:alert(1)"}, "https://"),
        ({"answer": "tg://user?id=1"}, "https://"),
        ({"overrides": "no-such-topic"}, "no topic called"),
        ({"overrides": "own-loop"}, "no topic called"),
    ],
)
async def test_what_does_not_fit_is_refused_and_not_kept(mod: Chatter, fields: dict[str, str], said: str) -> None:
    reply = await adds(mod, **fields)
    assert reply.private
    assert said in text_of(reply.text)
    assert OWN not in await listed(mod)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Ask @admin now", "Ask @\u2060admin now"),
        ("<@1234> and <@&5> in <#6>", "<\u2060@\u20601234> and <\u2060@\u2060&5> in <\u2060#\u20606>"),
        ("@everyone @here", "@\u2060everyone @\u2060here"),
        ("type /start", "type /\u2060start"),
        ("#topic", "#\u2060topic"),
        ("**bold** [good](https://evil.example)", "**bold** [good](https://evil.example)"),
        ("<b>x</b>", "<\u2060b>x<\u2060/\u2060b>"),
        ("left \u202eright\u202c \u200bhidden\u0000", "left right hidden"),
    ],
)
async def test_nothing_written_becomes_markup_a_mention_or_a_lying_link(
    mod: Chatter, bob: Chatter, written: str, seen: str
) -> None:
    topic = await added(mod, answer=written)
    reply = await bob.gets(f"/show {topic}")
    assert text_of(reply.text).removesuffix("\n\nAdded by this group's moderators.") == seen
    assert all(span.url in {"", span.text} for span in reply.text)
    assert not any(span.bold or span.italic or span.code for span in reply.text)


async def test_a_link_is_shown_as_the_address_to_which_it_leads(mod: Chatter, bob: Chatter) -> None:
    topic = await added(mod, answer="See https://example.org/rules?a=1#b, and come.\nOr not.")
    reply = await bob.gets(f"/show {topic}")
    assert [(span.text, span.url) for span in reply.text if span.url] == [
        ("https://example.org/rules?a=1#b", "https://example.org/rules?a=1#b")
    ]
    assert "come.\nOr not." in text_of(reply.text)


async def test_secret_words_never_get_into_an_entry(mod: Chatter) -> None:
    words = "abandon " * 11 + "about"
    for fields in ({"answer": words}, {"wordings": words}):
        assert "secret words" in text_of((await adds(mod, **fields)).text)
    assert "secret words" in text_of((await mod.gets(f"/alias exchange-risk {words}")).text)
    file = f'[[entry]]\nid = "own-a"\nquestion = "When do we meet?"\nanswer = "{words}"\n'.encode()
    assert "secret words" in text_of((await imports(mod, file)).text)
    assert OWN not in await listed(mod)


async def test_a_group_has_at_most_fifty_entries(mod: Chatter) -> None:
    file = "".join(f'[[entry]]\nid = "own-{n}"\nquestion = "Question {n}?"\nanswer = "A."\n' for n in range(50))
    assert "entries 50" in text_of((await imports(mod, file.encode())).text)
    assert "more than 50 entries" in text_of((await adds(mod)).text)
    assert "50 of 50" in await listed(mod)


async def test_two_entries_cannot_override_the_same_one(mod: Chatter, faq: Faq) -> None:
    await added(mod, overrides=replaceable(faq))
    reply = await adds(mod, question="Another question?", overrides=replaceable(faq))
    assert "already replaced" in text_of(reply.text)


async def test_questions_alike_get_ids_of_their_own(mod: Chatter) -> None:
    first = await added(mod)
    second = await added(mod)
    assert second == f"{first}-2"
    assert len(await added(mod, question="Why " + "o" * 70 + "?")) <= 40


async def test_of_two_moderators_who_add_the_same_question_at_once_the_second_is_told(
    mod: Chatter, owner: Chatter
) -> None:
    forms = [(await who.gets("/entry add"), who) for who in (mod, owner)]
    async with asyncio.TaskGroup() as group:
        saved = [
            group.create_task(who.fills(form, question=QUESTION, answer=f"Ask {who.name}.")) for form, who in forms
        ]
    said = sorted(text_of(task.result().text) for task in saved)
    assert said[0].startswith("Added")
    assert said[1].startswith("Somebody else changed")
    assert (await listed(mod)).count(QUESTION) == 1
    again = await owner.fills(forms[1][0], question=QUESTION, answer="Ask the owner.")
    assert "own-where-do-we-meet-on-fridays-2" in text_of(again.text)


async def test_an_alias_works_at_once_and_is_undone(mod: Chatter, bob: Chatter) -> None:
    assert (await bob.gets("zorbl frobnitz")).topic == ""
    reply = await mod.gets("/alias exchange-risk zorbl frobnitz")
    assert (await bob.gets("zorbl frobnitz")).topic == "exchange-risk"
    await mod.presses(reply, "Undo")
    assert (await bob.gets("zorbl frobnitz")).topic == ""


async def test_aliases_are_listed_and_removed_by_number(mod: Chatter) -> None:
    await mod.gets("/alias exchange-risk zorbl frobnitz")
    text = text_of((await mod.gets("/alias")).text)
    number = text.split("\n")[-1].split(".")[0]
    assert "“zorbl frobnitz” leads to exchange-risk" in text
    assert "is gone" in text_of((await mod.gets(f"/alias remove {number}")).text)
    assert "no wordings" in text_of((await mod.gets("/alias")).text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/alias no-such-topic what", "no topic called"),
        ("/alias exchange-risk", "Which wording"),
        ("/alias exchange-risk x", "2 to 200 characters"),
        ("/alias remove 99", "no wording with that number"),
        ("/alias remove all", "no wording with that number"),
        ("/entry edit own-none", "no entry of your own"),
        ("/entry remove exchange-risk", "no entry of your own"),
        ("/entry burn", "Say what to do"),
        ("/entry export", "no entries or wordings"),
        ("/entry import", "Send the file with the command"),
    ],
)
async def test_what_cannot_be_done_is_refused(mod: Chatter, text: str, said: str) -> None:
    reply = await mod.gets(text)
    assert reply.private
    assert said in text_of(reply.text)


async def test_an_alias_stands_there_once(mod: Chatter) -> None:
    await mod.gets("/alias exchange-risk zorbl frobnitz")
    assert "stands there already" in text_of((await mod.gets("/alias exchange-risk Zorbl, frobnitz!")).text)


@pytest.mark.parametrize("command", ["entry add", "entry list", "entry export", "alias exchange-risk zorbl"])
async def test_a_member_is_refused_privately(bob: Chatter, command: str) -> None:
    reply = await bob.gets(f"/{command}")
    assert reply.private
    assert reply.form is None
    assert "Only this group's moderators" in text_of(reply.text)


async def test_a_form_that_a_member_fills_in_is_refused(mod: Chatter, bob: Chatter) -> None:
    form = await mod.gets("/entry add")
    reply = await bob.fills(form, question=QUESTION, answer=ANSWER)
    assert "Only this group's moderators" in text_of(reply.text)
    assert OWN not in await listed(mod)


async def imports(mod: Chatter, data: bytes) -> Reply:
    reply = await mod.sends(mod.request("entry", "import", file=data))
    assert reply
    return reply


async def test_export_and_import_carry_everything_to_another_group(mod: Chatter, bob: Chatter, faq: Faq) -> None:
    answer = 'Say "hello" \\ and\n\nlook at https://example.org 🙂\x7f'
    await added(mod, answer=answer, wordings='quote " and \\ slash\nfriday place')
    await added(mod, question="Another one here?", overrides=replaceable(faq))
    await mod.gets("/alias phishing zorbl frobnitz")
    file = (await mod.gets("/entry export")).file
    assert file
    assert file.name == "entries.toml"
    mod.group = bob.group = "another group"
    assert "entries 2, wordings 1" in text_of((await imports(mod, file.data)).text)
    again = (await mod.gets("/entry export")).file
    assert again == file
    assert (await bob.gets("friday place")).title == QUESTION
    assert (await bob.gets("zorbl frobnitz")).topic == "phishing"
    assert "wordings 0" in text_of((await imports(mod, file.data)).text)


ENTRY = b'[[entry]]\nid = "own-a"\nquestion = "When do we meet?"\nanswer = "A."\n'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe", "no readable TOML"),
        (b"entry = ", "no readable TOML"),
        (b"a = " + b"[" * 50_000, "no readable TOML"),
        (b"a = " + b"{a = " * 5_000, "no readable TOML"),
        (b"a" + b".a" * 120_000 + b" = 1", "no readable TOML"),
        (b"[a" + b" . 'a'" * 40_000 + b"]", "no readable TOML"),
        (b"x = {'\"'" + b".a" * 100_000 + b".'\"' = 1}", "no readable TOML"),
        (b'"""' + b'\\"""' * 50_000, "no readable TOML"),
        (b'"' + b'\\"' * 100_000, "no readable TOML"),
        (b"a = " + b"1" * 5_000, "no readable TOML"),
        (b"x" * 300_000, "at most 256 KiB"),
        (b"[[entry]]\n", "I took nothing"),
        (b'[[entry]]\nid = "exchange-risk"\nquestion = "When do we meet?"\nanswer = "A."\n', "entry.1.id"),
        (ENTRY + b'colour = "green"\n', "colour"),
        (ENTRY.replace(b'"A."', b"7"), "entry.1.answer"),
        (ENTRY.replace(b'"A."', b'"https://a@evil.example/"'), "plainly where it leads"),
        (ENTRY + ENTRY, "twice"),
        (ENTRY * 300, "I took nothing"),
        (b"entry = 5", "I took nothing"),
        (b'[[alias]]\ntopic = "own-a"\nwording = "what ever"\n', "no topic called"),
        (b'[[alias]]\ntopic = "nothing"\nwording = "what ever"\n', "no topic called"),
        (ENTRY + b'[[alias]]\ntopic = "phishing"\nwording = "x"\n', "2 to 200 characters"),
        (b"settings = { moderator = 'pin' }\n", "settings"),
    ],
)
async def test_a_hostile_file_changes_nothing(mod: Chatter, data: bytes, said: str) -> None:
    reply = await imports(mod, data)
    assert reply.private
    assert said in text_of(reply.text)
    assert "no entries or wordings" in await listed(mod)


async def test_brackets_and_dots_in_a_text_are_carried_over(mod: Chatter, bob: Chatter) -> None:
    answer = "Dots " + ". " * 40 + "and brackets " + "[ " * 40 + "\"quoted\" \\ 'and' # more."
    await added(mod, answer=answer)
    file = (await mod.gets("/entry export")).file
    assert file
    mod.group = bob.group = "another group"
    assert "entries 1" in text_of((await imports(mod, file.data)).text)
    assert (await bob.gets(f"/show {OWN}where-do-we-meet-on-fridays")).title == QUESTION


async def test_a_question_without_a_latin_letter_gets_an_id_that_is_an_own_one(mod: Chatter) -> None:
    assert (await added(mod, question="Где встреча?")).startswith(OWN)
    file = (await mod.gets("/entry export")).file
    assert file
    mod.group = "another group"
    assert "entries 1, wordings 0" in text_of((await imports(mod, file.data)).text)


async def test_the_heading_mentions_nobody(mod: Chatter, bob: Chatter) -> None:
    topic = await added(mod, question="Is @everyone or /start or @scam_support a help?")
    title = (await bob.gets(f"/show {topic}")).title
    assert "@everyone" not in title
    assert "@scam" not in title
    assert "/start" not in title
    assert title.replace("\u2060", "") == "Is @everyone or /start or @scam_support a help?"


async def test_the_list_shows_what_overrides_and_what_adds(mod: Chatter, faq: Faq) -> None:
    await added(mod, overrides=replaceable(faq))
    await added(mod, question="What else?", overrides=safety(faq))
    text = await listed(mod)
    assert f"instead of {replaceable(faq)}" in text
    assert f"added to {safety(faq)}" in text
    assert "✎" in labels(await mod.gets("/entry list"))
