"""The methods that answer buttons, inline questions and guests."""

from tests.platforms.telegram_objects import Json, Message
from tests.platforms.telegram_parameters import AnswerCallback, AnswerGuest, AnswerInline, InlineResult
from tests.platforms.telegram_refusals import TOO_OLD, bad_request
from tests.platforms.telegram_sending import checked_markup, shown
from tests.platforms.telegram_text import TEXT_LIMIT
from tests.platforms.telegram_world import Query, World

RESULTS_LIMIT = 50


def answer_callback(world: World, asked: AnswerCallback) -> bool:
    query = _open(world, asked.callback_query_id)
    if len(asked.text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    _answer(query, asked.model_dump(exclude_unset=True))
    return True


def answer_inline(world: World, asked: AnswerInline) -> bool:
    query = _open(world, asked.inline_query_id)
    if len(asked.results) > RESULTS_LIMIT:
        raise bad_request("RESULTS_TOO_MUCH")
    if len({result.id for result in asked.results}) < len(asked.results):
        raise bad_request("RESULT_ID_DUPLICATE")
    if len(asked.next_offset.encode()) > 64:
        raise bad_request("NEXT_OFFSET_INVALID")
    for result in asked.results:
        _check_result(result)
    query.results = [result.model_dump(exclude_none=True, mode="json") for result in asked.results]
    _answer(query, asked.model_dump(exclude_unset=True))
    return True


def answer_guest(world: World, asked: AnswerGuest) -> Json:
    query = _open(world, asked.guest_query_id)
    _check_result(asked.result)
    query.results = [asked.result.model_dump(exclude_none=True, mode="json")]
    assert query.chat is not None
    query.message = show(world, query, result=asked.result)
    inline_id = f"guest{query.id}"
    world.inline_messages[inline_id] = query.message
    _answer(query, asked.model_dump(exclude_unset=True))
    return {"inline_message_id": inline_id}


def show(world: World, query: Query, *, result: InlineResult) -> Message:
    """Return the message that a chosen result or a guest's answer becomes in the query's chat."""
    assert query.chat is not None
    content = result.input_message_content
    message = world.write(query.chat, query.asker)
    message.body = shown(content.message_text, content.entities, parse_mode=content.parse_mode, limit=TEXT_LIMIT)
    message.markup = checked_markup(result.reply_markup)
    message.via_bot = world.bot
    return message


def _check_result(result: InlineResult) -> None:
    if not 1 <= len(result.id.encode()) <= 64:
        raise bad_request("RESULT_ID_INVALID")
    if not result.title:
        raise bad_request("ARTICLE_TITLE_EMPTY")
    content = result.input_message_content
    if not content.message_text.strip():
        raise bad_request("message text is empty")
    shown(content.message_text, content.entities, parse_mode=content.parse_mode, limit=TEXT_LIMIT)
    checked_markup(result.reply_markup)


def _open(world: World, query_id: str) -> Query:
    query = world.queries.get(query_id)
    if query is None or query.answer is not None or world.clock() - query.asked >= query.life_s:
        raise bad_request(TOO_OLD)
    return query


def _answer(query: Query, answer: Json) -> None:
    query.answer = answer
    query.bell.ring()
