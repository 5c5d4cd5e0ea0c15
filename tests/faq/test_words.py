import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.features import MAX_WORDS, Reader, pieces
from faq.words import MAX_CHARACTERS, fold, stem, words


@pytest.fixture
def reader() -> Reader:
    return Reader(
        kinds={"exchange": ("binance", "gate.io"), "broker": ("cash app",)},
        synonyms={"btc": "bitcoin", "isn't": "is not", "lol": "", "2fa": "two factor"},
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("  Is\tBitcoin\nSAFE? ", "is bitcoin safe?"),
        ("Ｂｉｔｃｏｉｎ", "bitcoin"),
        ("café naïve", "cafe naive"),
        ("pаypаl", "paypal"),
        ("isn’t", "isn't"),
        ("a\x00b", "a b"),
    ],
)
def test_writing_does_not_matter(written: str, read: str) -> None:
    assert fold(written) == read


def test_a_word_of_another_alphabet_stays_as_it_is() -> None:
    assert fold("привет") == "привет"


def test_only_the_beginning_of_an_endless_text_is_read() -> None:
    assert len(fold("a" * 100_000)) == MAX_CHARACTERS
    assert len(fold("ä" * 100_000)) <= MAX_CHARACTERS


@pytest.mark.parametrize(
    ("word", "root"), [("wallets", "wallet"), ("hacked", "hack"), ("keys", "key"), ("loss", "loss")]
)
def test_endings_are_cut(word: str, root: str) -> None:
    assert stem(word) == root


def test_words_come_in_order() -> None:
    assert words("My wallets were hacked!") == ["my", "wallet", "were", "hack"]


def test_abbreviations_are_written_out(reader: Reader) -> None:
    assert reader.words("lol isn't BTC 2fa safe") == ["is", "not", "bitcoin", "two", "factor", "safe"]


def test_a_name_is_read_as_its_kind_beside_its_own_words(reader: Reader) -> None:
    phrases = reader.features(reader.words("leave it on Cash App")).phrases
    assert {"<broker>", "cash_app", "cash", "on <broker>"} <= set(phrases)
    assert "<broker>" not in reader.features(reader.words("cash only")).phrases


def test_a_name_with_a_dot_is_recognised(reader: Reader) -> None:
    assert "<exchange>" in reader.features(reader.words("is gate.io ok")).phrases


def test_a_repeated_word_is_counted(reader: Reader) -> None:
    assert reader.features(reader.words("help help help")).phrases["help"] == 3


def test_an_endless_story_is_cut(reader: Reader) -> None:
    assert len(reader.words("word " * 1000)) <= MAX_WORDS


def test_pieces_know_the_edges_of_a_word() -> None:
    assert {"# wa", "#et ", "#alle"} <= set(pieces("wallet"))


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    reader = Reader(kinds={"exchange": ("binance",)}, synonyms={"btc": "bitcoin"})
    features = reader.features(reader.words(text))
    assert all(count > 0 for count in features.phrases.values())


def test_a_negation_turns_round_the_next_words_up_to_a_turn() -> None:
    reader = Reader(kinds={}, synonyms={})
    phrases = reader.features(reader.words("i never lost my old wallet but found it")).phrases
    assert {"not ~ lost", "not ~ my", "not ~ old"} <= set(phrases)
    assert "not ~ wallet" not in phrases
    assert not any(phrase.endswith("~ found") for phrase in phrases)
    assert "not ~ found" not in reader.features(reader.words("no but found")).phrases
