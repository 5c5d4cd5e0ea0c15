"""Forms as a conversation: one forced reply a field, in private chats."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.messages import Field, Form, Place, Reply
from bot.richtext import join, plain
from bot.storage.recent import Recent

PENDING_S = 900.0
SKIP = "-"
CANCEL = frozenset({"cancel", "/cancel"})
_CAPACITY = 1_000

Word = Callable[..., str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """A form that somebody fills in.

    Attributes:
        form: what is asked.
        place: where; the private chat, about a group perhaps.
        answers: by field name, in order.
        until: when it is given up, seconds of the clock.
    """

    form: Form
    place: Place
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)
    until: float

    @property
    def asked(self) -> Field | None:
        """The field that is asked for next; None once all are filled."""
        return next((asked for asked in self.form.fields if asked.name not in self.answers), None)


class Forms:
    """Remembers who fills in what.

    Args:
        word: the bot's own words.
        clock: seconds that only grow.
    """

    def __init__(self, word: Word, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._word = word
        self._clock = clock
        self._pending: Recent[str, Filling] = Recent(_CAPACITY)
        self._taken: Recent[tuple[str, str], bool] = Recent(_CAPACITY)

    def begin(self, author: str, form: Form, place: Place) -> Reply:
        """Start a form, in place of one that was not finished, and return the first question."""
        filling = Filling(form=form, place=place, until=self._clock() + PENDING_S)
        self._pending.put(author, filling)
        return self._question(filling)

    def cancels(self, text: str) -> bool:
        """Return whether a text ends a form."""
        return text.strip().casefold() in CANCEL

    def pending(self, author: str) -> Filling | None:
        """Return the form that somebody is filling in."""
        filling = self._pending.get(author)
        if filling and filling.until < self._clock():
            self._pending.forget(author)
            return None
        return filling

    def has_taken(self, author: str, message: str) -> bool:
        """Return whether a message was an answer to a form lately, and so is no question when it is edited."""
        return bool(self._taken.get((author, message)))

    def take(self, author: str, filling: Filling, text: str, *, message: str) -> Reply | Filling:
        """Return the next question, or the form once it is filled.

        Args:
            author: who answers.
            filling: their form.
            text: what they answered.
            message: the platform's id of the message that says it.
        """
        self._taken.put((author, message), True)
        asked = filling.asked
        if self.cancels(text):
            self._pending.forget(author)
            return Reply(text=plain(self._word("form_cancelled")))
        if asked is None:
            return filling
        skipped = text.strip() == SKIP and (bool(asked.value) or not asked.required)
        answer = asked.value if skipped else text.strip()
        if not answer and asked.required:
            return self._question(filling, problem=self._word("form_required"))
        if len(answer) > asked.max_length:
            return self._question(filling, problem=self._word("form_too_long", count=asked.max_length))
        answers = {**filling.answers, asked.name: answer}
        filled = replace(filling, answers=answers, until=self._clock() + PENDING_S)
        if filled.asked is None:
            self._pending.forget(author)
            return filled
        self._pending.put(author, filled)
        return self._question(filled)

    def _question(self, filling: Filling, *, problem: str = "") -> Reply:
        """Return the question for the field that comes next."""
        asked = filling.asked
        if asked is None:
            return Reply()
        number = len(filling.answers) + 1
        heading = f"{filling.form.title} ({number}/{len(filling.form.fields)})"
        hints = [self._word("form_cancel_hint")]
        if asked.value:
            hints.insert(0, self._word("form_keep_hint"))
        elif not asked.required:
            hints.insert(0, self._word("form_skip_hint"))
        parts = [plain(problem), plain(asked.label), plain(asked.value, code=True), plain(" ".join(hints), italic=True)]
        return Reply(title=heading, text=join(parts))
