"""Negations and near-opposites, looked at one by one: none of these lines was learned from."""

import pytest

from faq.library import comparable
from faq.matcher import Decision, Faq

LINES = {
    # safe, not safe
    "is bitcoin safe or not": {"is-bitcoin-safe"},
    "bitcoin is not safe, is it": {"is-bitcoin-safe"},
    "isn't bitcoin unsafe?": {"is-bitcoin-safe"},
    "is it not risky to leave coins on Kraken": {"exchange-risk"},
    "is it unsafe to leave coins on an exchange": {"exchange-risk"},
    "why is it not safe to keep bitcoin on an exchange": {"exchange-risk"},
    # lost, found, not lost
    "I lost my seed phrase": {"lost-access", "seed-phrase"},
    "I lost my seed phrase and my phone died": {"lost-access"},
    "I lost my seed phrase but the wallet still opens": {"lost-access"},
    "I found my seed phrase again, how do I use it": {"lost-access", "seed-phrase"},
    "i did not lose my wallet, how do i back it up": {"backups"},
    "i lost my hardware wallet": {"lost-access", "hardware-wallet"},
    "I found someone's hardware wallet": {"unexpected-coins"},
    "found an old hard drive with a wallet.dat from 2012": {"lost-access"},
    "I found bitcoin in my wallet that is not mine": {"unexpected-coins"},
    # shared, not shared
    "I shared my seed phrase with support, am i safe": {"seed-exposed"},
    "I typed my seed phrase into a website": {"seed-exposed"},
    "where do I write down my seed phrase": {"seed-phrase", "backups"},
    # stolen, hacked, forgotten
    "my coins were not stolen but i lost the password": {"lost-access"},
    "i did not get hacked, i forgot my password": {"lost-access"},
    "somebody took all of my coins": {"stolen-coins"},
    "somebody sent me coins": {"unexpected-coins"},
    "so can bitcoin itself be hacked": {"has-bitcoin-been-hacked"},
    "has bitcoin never been hacked?": {"has-bitcoin-been-hacked"},
    # buy, sell, neither
    "how do I buy my first bitcoin": {"buying-safely"},
    "how do I sell all my bitcoin for euros": {"selling-safely"},
    "should I buy some bitcoin right now": {"buy-or-sell"},
    "should I sell my bitcoin now": {"buy-or-sell"},
    "should i not sell now": {"buy-or-sell"},
    "i don't want to buy on an exchange, other ways?": {"buying-safely"},
    "is it by now too late to buy": {"buy-or-sell"},
    "is it too early to sell": {"buy-or-sell"},
    "don't want to sell, just spend it": {"merchant-acceptance", "selling-safely"},
    # in, out, sent, received
    "withdraw from the exchange to my own wallet": {"move-to-own-wallet"},
    "the exchange does not let me withdraw": {"withdrawal-blocked"},
    "sent bitcoin to the wrong address": {"irreversible", "verify-address"},
    "received bitcoin from an unknown address": {"unexpected-coins"},
    "my transaction is not confirmed": {"unconfirmed"},
    "my transaction is confirmed, can it be reversed": {"irreversible"},
    "can payments be traced": {"anonymity"},
    "can payments be reversed": {"irreversible"},
    # allowed, forbidden; with, without
    "is bitcoin legal in my own country": {"regulation"},
    "so is bitcoin illegal here": {"regulation"},
    "is bitcoin anonymous": {"anonymity"},
    "is bitcoin not anonymous?": {"anonymity"},
    "how to buy without kyc": {"buying-safely", "anonymity"},
    "do i pay tax if i dont sell": {"taxes"},
    "my bitcoin is not insured?": {"insurance"},
    "is mining not profitable at home any more": {"home-mining"},
    "i don't trust hardware wallets": {"hardware-wallet"},
}
"""By line: the entries of which one has to stand first."""


@pytest.mark.parametrize(("text", "topics"), LINES.items())
def test_a_negation_or_an_opposite_finds_its_own_entry(faq: Faq, text: str, topics: set[str]) -> None:
    assert faq.search(text)[0].id in topics


def test_a_negation_that_is_not_read_for_sure_is_asked_back(faq: Faq) -> None:
    found = faq.search("I did NOT share my seed phrase, am I safe?", limit=2)
    assert {match.id for match in found} == {"seed-phrase", "seed-exposed"}
    assert faq.decide(found) is Decision.SUGGEST


def test_none_of_these_lines_is_learned_from(faq: Faq) -> None:
    learned = {comparable(text) for entry in faq.entries.values() for text in entry.wordings}
    assert [text for text in LINES if comparable(text) in learned] == []
