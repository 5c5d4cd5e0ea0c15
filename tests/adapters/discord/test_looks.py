"""How answers look: nothing is lost, and nothing that somebody typed becomes markup, a mention or a link."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.discord.render import CONTENT, TEXT, escape, looks, markdown
from bot.messages import Image, Reply
from bot.richtext import Span, link, moment, parse, plain, text_of
from faq.matcher import Faq
from tests.adapters.discord.eyes import seen

TRICKY = st.text(alphabet=st.sampled_from(list("ab1 \n\\`*_~|<>[]()#@!:/.-+&htps")), max_size=80)


@given(TRICKY | st.text(max_size=80))
def test_what_somebody_typed_is_shown_as_it_is(text: str) -> None:
    shown = seen(escape(text))
    assert shown.text == text.replace("\u200b", "")
    assert shown.marks == ()


def test_what_tries_to_be_more_than_text_stays_text() -> None:
    for text in (
        "**bold** __under__ ~~gone~~ ||hidden|| `code`",
        "[Binance support](https://evil.example)",
        "https://evil.example/login",
        "<@123456789012345678> <@&1> <#2> @everyone @here </ask:1> <:smile:3>",
        "# heading\n## two\n-# small\n> quote\n>>> more\n- item\n* item\n1. first",
        "```\nblock\n```",
        "<t:0:R>",
    ):
        shown = seen(markdown(plain(text)))
        assert (shown.text, shown.marks) == (text, ())


def test_styles_links_and_moments_are_shown() -> None:
    rich = (
        *plain("so "),
        Span("bold", bold=True),
        Span(" and italic ", italic=True),
        Span("code*", code=True),
        *link("a [link]", "https://example.org/a_(b)"),
        *moment("noon", datetime(2026, 11, 22, 12, tzinfo=UTC)),
    )
    shown = seen(markdown(rich))
    assert shown.text == "so bold and italic code*a [link]<t:1795348800:f>"
    assert shown.links == (("a [link]", "https://example.org/a_%28b%29"),)
    assert shown.marks == ("style", "style", "style", "style", "code", "url", "time")


def test_every_answer_of_the_corpus_fits_and_nothing_of_it_is_lost(faq: Faq) -> None:
    for entry in faq.entries.values():
        [look] = looks(Reply(title=entry.question, text=parse(entry.answer)))
        assert look.embed is not None
        assert seen(look.embed.title or "").text == entry.question
        assert seen(look.embed.description or "").text == text_of(parse(entry.answer))
        assert len(look.embed) <= 6000


@given(st.lists(st.text(alphabet="ab *_\n", min_size=1, max_size=3000), min_size=1, max_size=4))
def test_a_long_answer_is_parted_without_losing_a_word(texts: list[str]) -> None:
    rich = tuple(Span(text, bold=number % 2 == 1) for number, text in enumerate(texts))
    for embeds, limit in ((True, TEXT), (False, CONTENT)):
        parts = [
            look.embed.description if look.embed else look.content for look in looks(Reply(text=rich), embeds=embeds)
        ]
        assert all(len(part or "") <= limit for part in parts)
        shown = " ".join(seen(part or "").text for part in parts)
        assert "".join(shown.split()) == "".join(text_of(rich).split())


def test_a_chart_is_a_picture_with_its_facts_in_words() -> None:
    [look] = looks(Reply(title="Price", text=plain("up"), image=Image(png=b"png", alt="Bitcoin rose by 2 %")))
    [file] = look.opened()
    assert (file.filename, file.description) == ("chart.png", "Bitcoin rose by 2 %")
    assert look.embed is not None
    assert look.embed.image.url == "attachment://chart.png"
