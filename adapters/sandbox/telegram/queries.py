"""answerCallbackQuery and answerInlineQuery, and the inline queries that wait for the latter."""

import asyncio
import itertools
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.contract import Suggestion
from adapters.sandbox.telegram.api import Api
from adapters.sandbox.telegram.cast import BOT_USERNAME
from adapters.sandbox.telegram.errors import BadRequestError
from adapters.sandbox.telegram.formatted import fit_text, read_text
from adapters.sandbox.telegram.links import start_payload
from adapters.sandbox.telegram.params import Params
from adapters.sandbox.telegram.watch import Reply

TOAST_AT_MOST = 200
RESULTS_AT_MOST = 50
RESULT_ID_BYTES_AT_MOST = 64


async def answer_callback_query(api: Api, params: Params) -> object:
    """Stops the button's spinner; ``url`` may only be a deep link to this bot."""
    press = api.presses.answerable(params.text("callback_query_id"))
    text, url = params.text("text"), params.text("url")
    if len(text) > TOAST_AT_MOST:
        raise BadRequestError("MESSAGE_TOO_LONG")
    if url and start_payload(url, BOT_USERNAME) is None:
        raise BadRequestError("URL_INVALID")
    press.watch.answer(Reply(text=text, url=url))
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    at: float
    results: asyncio.Future[tuple[Suggestion, ...]]


class InlineQueries:
    """Inline queries that may still be answered."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._numbers = itertools.count(10**15)
        self._asked: dict[str, _Asked] = {}

    async def ask(self, user: dict[str, object], words: str, seconds: float) -> tuple[Suggestion, ...]:
        """What the bot offers for the words; nothing if it does not answer in time."""
        number = str(next(self._numbers))
        query = {"id": number, "from": user, "query": words[:256], "offset": ""}
        asked = _Asked(at=self._api.ground.clock(), results=asyncio.get_running_loop().create_future())
        self._asked[number] = asked
        try:
            if self._api.updates.add("inline_query", query) is None:
                return ()
            return await asyncio.wait_for(asked.results, seconds)
        except TimeoutError:
            return ()
        finally:
            del self._asked[number]

    async def answer(self, _api: Api, params: Params) -> object:
        """The method answerInlineQuery."""
        results = params.json("results", "inline query results")
        if not isinstance(results, list):
            raise BadRequestError("expected an Array of InlineQueryResult")
        if len(results) > RESULTS_AT_MOST:
            raise BadRequestError("RESULTS_TOO_MUCH")
        offers = tuple(_offer(result) for result in results)
        numbers = [str(result["id"]) for result in results]
        if len(set(numbers)) < len(numbers):
            raise BadRequestError("RESULT_ID_DUPLICATE")
        asked = self._asked.get(params.text("inline_query_id"))
        if asked is None:
            raise BadRequestError("query is too old and response timeout expired or query ID is invalid")
        if not asked.results.done():
            asked.results.set_result(offers)
        return True


def _offer(raw: Any) -> Suggestion:
    if not isinstance(raw, dict) or "type" not in raw:
        raise BadRequestError("can't parse inline query result: Can't find field \"type\"")
    if raw["type"] != "article":
        raise BadRequestError("can't parse inline query result: the sandbox shows articles only")
    if not 1 <= len(str(raw.get("id", "")).encode()) <= RESULT_ID_BYTES_AT_MOST:
        raise BadRequestError("RESULT_ID_INVALID")
    content = raw.get("input_message_content")
    if not isinstance(content, dict) or not raw.get("title"):
        raise BadRequestError("can't parse inline query result: Can't find field \"input_message_content\"")
    words = {**content, "text": content.get("message_text", "")}
    return Suggestion(text=fit_text(read_text(Params(words))).text, label=str(raw["title"]))
