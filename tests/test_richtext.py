"""Markdown becomes spans; spans are split and never invented."""

from hypothesis import given
from hypothesis import strategies as st

from bot.richtext import Span, join, link, parse, plain, split, text_of


def test_paragraphs_lists_and_styles_are_kept() -> None:
    rich = parse("One **two** *three* `four`\nfive.\n\n- a\n- b\n\n1. c\n2. d\n\nEnd")
    assert text_of(rich) == "One two three four five.\n\n• a\n• b\n\n1. c\n2. d\n\nEnd"
    assert Span("two", bold=True) in rich
    assert Span("three", italic=True) in rich
    assert Span("four", code=True) in rich


def test_links_keep_their_target_and_html_stays_text() -> None:
    rich = parse("[name](https://example.org) <b>x</b>")
    assert Span("name", url="https://example.org") in rich
    assert text_of(rich) == "name <b>x</b>"


@given(st.text())
def test_plain_text_is_never_markup(text: str) -> None:
    assert text_of(plain(text)) == text
    assert all(span == Span(span.text) for span in plain(text))


def test_join_leaves_out_what_is_empty() -> None:
    assert text_of(join([plain("a"), (), plain("b")])) == "a\n\nb"


@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=200), st.booleans()), max_size=8),
    st.integers(min_value=64, max_value=300),
)
def test_parts_fit_and_lose_no_word(pieces: list[tuple[str, bool]], limit: int) -> None:
    rich = tuple(Span(text, bold=bold) for text, bold in pieces)
    parts = split(rich, limit)
    assert all(len(text_of(part)) <= limit for part in parts)
    kept = "".join("".join(text_of(part).split()) for part in parts)
    assert kept == "".join(text_of(rich).split())


def test_a_link_is_never_cut() -> None:
    rich = (*plain("word " * 12), *link("a link of several words that must stay whole", "https://example.org"))
    parts = split(rich, 64)
    assert [span.text for part in parts for span in part if span.url] == [
        "a link of several words that must stay whole"
    ]


def test_length_is_measured_as_the_platform_counts() -> None:
    def utf16(text: str) -> int:
        return len(text.encode("utf-16-le")) // 2

    parts = split(plain("😀" * 100), 64, measure=utf16)
    assert [utf16(text_of(part)) for part in parts] == [64, 64, 64, 8]
