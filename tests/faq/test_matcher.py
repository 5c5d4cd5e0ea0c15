import dataclasses
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq import library
from faq.entry import Entry
from faq.evaluation import evaluate
from faq.library import Library
from faq.linear import Linear
from faq.matcher import Decision, Faq, Match, Thresholds
from faq.training.calibration import QUESTIONS
from tests.faq.group_entries import ENTRIES, entries


@pytest.fixture
def group_only() -> Library:
    """A library of entries that nothing was learned about."""
    own_entries = {entry.id: entry for entry in entries()}
    return Library(themes=(), entries=own_entries, offtopic={}, kinds={}, synonyms={})


def best(faq: Faq, text: str) -> str:
    return faq.search(text)[0].id


def own(topic: str, question: str, *wordings: str, answer: str = "What the group has written.") -> Entry:
    return Entry(
        id=topic,
        question=question,
        wordings=wordings,
        answer=answer,
        summary="Written by the group.",
        theme="This group",
    )


@pytest.mark.parametrize("text", ["", " ", "?", "!!!", "\n\t", "🙂", "…", "a", "\u200b"])
def test_what_holds_nothing_to_read_finds_nothing(faq: Faq, text: str) -> None:
    assert faq.search(text) == ()
    assert faq.decide(faq.search(text)) is Decision.NONE


@given(st.text(max_size=400))
def test_any_text_is_searched_and_scores_stay_in_range(faq: Faq, text: str) -> None:
    matches = faq.search(text)
    scores = [match.score for match in matches]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_endless_and_strange_texts_are_searched(faq: Faq) -> None:
    for text in (
        "wallet " * 5000,
        "\ud800",
        "x" * 10_000,
        "." * 4000,
        "привет мир",
        "SELECT * FROM x; --",
        "a.b" * 900,
    ):
        faq.search(text)
        faq.explain(text)


def test_limit_is_kept(faq: Faq) -> None:
    assert len(faq.search("is bitcoin safe", limit=2)) == 2


def test_every_entry_is_found_by_its_own_question(faq: Faq) -> None:
    missed = [entry.id for entry in faq.entries.values() if best(faq, entry.question) != entry.id]
    assert not missed


def test_nearly_every_wording_finds_its_entry(faq: Faq) -> None:
    pairs = [(text, entry.id) for entry in faq.entries.values() for text in entry.wordings[::7]]
    found = sum(best(faq, text) == topic for text, topic in pairs)
    assert found / len(pairs) > 0.9


@pytest.mark.parametrize(
    "text",
    [
        "good morning everybody",
        "what shall we cook tonight",
        "lol nice one",
        "did you watch the match",
        "thank you so much",
    ],
)
def test_small_talk_is_left_alone(faq: Faq, text: str) -> None:
    assert faq.decide(faq.search(text)) is Decision.NONE
    assert faq.decide(faq.search(text), addressed=False) is Decision.NONE


@pytest.mark.parametrize(
    "text", ["when will dogecoin reach a dollar", "is solana a good buy", "gas fees on ethereum are crazy"]
)
def test_other_coins_are_never_answered_outright(faq: Faq, text: str) -> None:
    assert faq.decide(faq.search(text)) is not Decision.ANSWER


@pytest.mark.parametrize("name", ["Bitpanda", "Upbit", "Crypto.com", "Coinhako", "BTCTurk"])
def test_an_exchange_is_recognised_as_one(faq: Faq, name: str) -> None:
    assert best(faq, f"what happens to my coins if {name} goes bankrupt") == "exchange-risk"


@pytest.mark.parametrize("name", ["Trezor", "Coldcard", "BitBox02", "Jade"])
def test_a_device_is_recognised_as_one(faq: Faq, name: str) -> None:
    assert best(faq, f"do I really need a {name}") == "hardware-wallet"


@pytest.mark.parametrize("name", ["Exodus", "Electrum", "BlueWallet", "Trust Wallet"])
def test_a_wallet_is_recognised_as_one(faq: Faq, name: str) -> None:
    assert best(faq, f"is {name} a good app to keep my bitcoin in") == "choosing-a-wallet"


@pytest.mark.parametrize("name", ["Forsage", "NovaTech", "Immediate Edge", "Bitcoin Loophole"])
def test_a_scam_named_by_its_brand_is_recognised_as_one(faq: Faq, name: str) -> None:
    assert best(faq, f"a friend earns every week with {name}, shall I join") == "investment-scam"


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("diference betwen hot walet and cold walet", "wallet-types"),
        ("is my passphrse for the seeed enough", "seed-phrase"),
    ],
)
def test_slips_are_forgiven(faq: Faq, slip: str, meant: str) -> None:
    assert meant in {match.id for match in faq.search(slip, limit=3)}


def test_a_long_story_is_matched_by_its_telling_sentence(faq: Faq) -> None:
    story = (
        "Hi all, long time reader. Yesterday my brother came over for dinner and we had a great evening. "
        "He brought his kids and the dog. Later I looked at my laptop again. "
        "The exchange has frozen my account and I cannot withdraw my bitcoin. Any thoughts? Thanks a lot."
    )
    assert "withdrawal-blocked" in {match.id for match in faq.search(story, limit=3)}


@pytest.mark.parametrize("place", [0, 8, 16])
def test_small_talk_around_a_question_does_not_hide_it(faq: Faq, place: int) -> None:
    talk = [
        "Hi all, long time reader.", "My brother came over for dinner.", "He brought his kids and the dog.",
        "The weather was great.", "I work as a nurse.", "Sorry for my English.", "My wife made pasta.",
        "We watched a film.", "The train was late again.", "We moved house in spring.", "My laptop is slow.",
        "I am from a small town.", "The garden needs water.", "Work is fine so far.", "Next week we go skiing.",
        "Thanks a lot in advance.",
    ]  # fmt: skip
    talk.insert(place, "The exchange has frozen my account and I cannot withdraw my bitcoin.")
    assert best(faq, " ".join(talk)) == "withdrawal-blocked"


def test_a_question_in_parts_shows_its_parts(faq: Faq) -> None:
    found = {
        match.id for match in faq.search("How do I set up two-factor login? And who was Satoshi Nakamoto?", limit=3)
    }
    assert {"two-factor", "who-is-satoshi"} <= found


def test_what_the_score_allows(group_only: Library) -> None:
    faq = Faq(group_only, thresholds=Thresholds(answer=0.6, suggest=0.3, off_topic=0.05))

    def decided(score: float, *, off_topic: float = 0.0, addressed: bool = True) -> Decision:
        return faq.decide((Match(id="a", score=score, off_topic=off_topic),), addressed=addressed)

    assert [decided(score) for score in (0.2, 0.3, 0.6)] == [Decision.NONE, Decision.SUGGEST, Decision.ANSWER]
    assert [decided(score, addressed=False) for score in (0.5, 0.6)] == [Decision.NONE, Decision.ANSWER]
    assert decided(0.9, off_topic=0.06, addressed=False) is Decision.NONE
    assert decided(0.9, off_topic=0.06) is Decision.ANSWER


def test_an_entry_s_own_question_and_wordings_are_answered(faq: Faq) -> None:
    for entry in faq.entries.values():
        for text in (entry.question, max(entry.wordings, key=len).upper()):
            found = faq.search(text)
            assert (found[0].id, faq.decide(found), faq.decide(found, addressed=False)) == (
                entry.id,
                Decision.ANSWER,
                Decision.ANSWER,
            )


def test_without_a_model_entries_are_found_by_their_words(group_only: Library) -> None:
    faq = Faq(group_only)
    assert best(faq, "when is the Leipzig meetup?") == "meetup"
    assert faq.search("entirely unrelated gibberish") == ()


def test_own_entries_are_found_by_two_wordings(faq: Faq) -> None:
    extended = faq.plus(entries())
    asked = [(text, topic) for topic, (_, _, others) in ENTRIES.items() for text in others]
    found = sum(topic == best(extended, text) for text, topic in asked)
    assert found / len(asked) >= 0.6


def test_fifty_own_entries_cost_at_most_a_point_of_the_shared_ones(faq: Faq) -> None:
    assert len(entries()) == 50
    alone, extended = (evaluate(each, QUESTIONS / "questions-en.jsonl") for each in (faq, faq.plus(entries())))
    assert alone.top1.hits - extended.top1.hits <= 0.01 * alone.top1.of
    assert extended.precision.value >= alone.precision.value - 0.01


def test_own_entries_leave_the_shared_ones_their_questions(faq: Faq) -> None:
    extended = faq.plus(entries())
    questions = [entry.question for entry in faq.entries.values()]
    assert [best(extended, text) for text in questions] == [best(faq, text) for text in questions]
    assert "meetup" not in faq.entries


def test_own_entries_stand_under_their_theme(faq: Faq) -> None:
    extended = faq.plus([own("meetup", "When do we meet?")])
    assert extended.themes[-1].name == "This group"
    assert extended.themes[-1].entries == ("meetup",)
    assert extended.themes[:-1] == faq.themes


def test_an_exact_wording_of_an_own_entry_is_answered_outright(faq: Faq) -> None:
    extended = faq.plus([own("gm", "How do we greet?", "what is it that we do")])
    matches = extended.search("What is it that we do?")
    assert matches[0].id == "gm"
    assert extended.decide(matches) is Decision.ANSWER


def test_an_alias_leads_to_a_shared_entry(faq: Faq) -> None:
    extended = faq.plus(wordings={"halving": ["the quadrennial shindig"], "no-such-entry": ["nothing"]})
    assert best(extended, "when is the quadrennial shindig") == "halving"


def test_an_override_is_shown_and_found_as_before(faq: Faq) -> None:
    replaced = dataclasses.replace(faq.entries["halving"], answer="Ours.")
    extended = faq.plus(overrides=[replaced, own("unknown", "Unknown?")])
    assert extended.entries["halving"].answer == "Ours."
    assert faq.entries["halving"].answer != "Ours."
    assert "unknown" not in extended.entries
    assert extended.search("when is the next halving") == faq.search("when is the next halving")


def test_more_can_be_added_to_what_was_added(faq: Faq) -> None:
    twice = faq.plus([own("meetup", "When is the meetup in Leipzig?")]).plus([own("podcast", "Where is the podcast?")])
    assert best(twice, "meetup in leipzig when") == "meetup"
    assert best(twice, "where's the podcast") == "podcast"


def test_a_slip_in_an_own_word_is_forgiven(faq: Faq) -> None:
    assert best(faq.plus([own("meetup", "When is the meetup in Leipzig?")]), "meetup leipzg") == "meetup"


def test_an_explanation_names_wording_words_and_parts(faq: Faq) -> None:
    text = "is it safe to keep btc on binnance"
    explanation = faq.explain(text)
    assert explanation.matches == faq.search(text)
    assert explanation.decision is faq.decide(explanation.matches)
    assert explanation.wording in faq.entries[explanation.matches[0].id].wordings
    assert 0.5 < explanation.shared <= 1
    assert explanation.words
    assert ("binnance", "binance") in explanation.corrected
    assert set(explanation.parts) == {"learned", "own", "off topic", "known"}
    assert sum(explanation.parts[name] for name in ("learned", "own", "off topic")) <= 1.001


def test_the_nearest_wording_is_the_one_that_holds_what_counted(faq: Faq) -> None:
    wording = faq.entries["multisig"].wordings[3]
    explanation = faq.explain(wording)
    assert explanation.matches[0].id == "multisig"
    assert explanation.wording == wording
    assert explanation.shared == pytest.approx(1.0)


def test_an_explanation_says_where_a_wording_alone_decides(faq: Faq) -> None:
    wording = "what happens if someone else gets my private key?"
    assert wording in faq.entries["seed-exposed"].wordings
    word_for_word, nearly = faq.explain(wording), faq.explain(f"tell me, {wording}")
    assert word_for_word.verbatim
    assert word_for_word.matches[0].id == "seed-exposed"
    assert not nearly.verbatim
    # By its words alone the text is rather about another entry, and the parts are those of the entry that is shown.
    assert nearly.matches[0].id == "private-key"
    assert word_for_word.parts["learned"] < nearly.parts["learned"]


def test_an_own_entry_is_explained_by_its_words(faq: Faq) -> None:
    explanation = faq.plus([own("meetup", "When is the meetup in Leipzig?")]).explain("leipzig meetup")
    assert explanation.parts["own"] > 0.5
    assert explanation.wording == "When is the meetup in Leipzig?"
    assert {"leipzig", "meetup"} <= {word for word, _ in explanation.words}


def test_the_parts_of_an_explanation_are_shares_with_aliases_too(faq: Faq) -> None:
    explanation = faq.plus(wordings={"halving": ["the big halving party"]}).explain("when is the big halving party")
    assert explanation.matches[0].id == "halving"
    assert sum(explanation.parts[name] for name in ("learned", "own", "off topic")) <= 1.001


def test_nothing_is_explained_by_nothing(faq: Faq) -> None:
    explanation = faq.explain("?")
    assert explanation.matches == ()
    assert explanation.wording == ""
    assert explanation.words == ()


def test_what_is_kept_in_memory_is_small() -> None:
    content = library.load()
    tracemalloc.start()
    faq = Faq(content, model=Linear.load())
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert faq.search("is bitcoin safe")
    assert size < 60 * 2**20
