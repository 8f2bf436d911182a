"""What would be stored is shown with the text of pages, and one slow page holds nothing up for ever."""

import asyncio
from dataclasses import replace

from bot.domain.article import Draft
from bot.domain.full_text import PageText
from bot.ports.reading import ReadingError
from bot.services.preview_pages import preview
from tests.builders import new_source

LINK = "https://wire.example/"
CUT = Draft(title="Ferries return", teaser="The first left …", link=LINK, is_complete=False)
PAGE = PageText(paragraphs=("The first left at dawn.", "It carried a choir."))


class Pages:
    """Pages by the end of their address: one that hangs, one that refuses, others that say something."""

    def __init__(self) -> None:
        self.open = 0
        self.most_open = 0

    async def read_page(self, address: str) -> PageText:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            await asyncio.sleep(0)
            match address.removeprefix(LINK):
                case "hangs":
                    await asyncio.Event().wait()
                case "robots":
                    raise ReadingError("The site asks robots not to read that page.", kind="robots")
                case "short":
                    return PageText(paragraphs=("The",), problem=None)
                case "paid":
                    return replace(PAGE, problem="paywall")
                case _:
                    return PAGE
            raise AssertionError("nobody wakes who hangs")
        finally:
            self.open -= 1


def cut(page: str) -> Draft:
    return replace(CUT, link=LINK + page)


async def test_each_draft_comes_back_in_its_place_with_its_page_or_why_not() -> None:
    whole = Draft(title="Whole", paragraphs=("All of it.",), link=LINK)
    seen = await preview(Pages(), new_source(), [cut("a"), whole, cut("robots"), cut("short"), cut("paid")])
    assert [one.problem and one.problem.kind for one in seen] == [None, None, "robots", "no_text", "paywall"]
    assert [one.draft.paragraphs for one in seen] == [PAGE.paragraphs, ("All of it.",), (), (), PAGE.paragraphs]
    assert seen[1].draft is whole


async def test_what_hangs_is_given_up_and_the_rest_is_shown() -> None:
    seen = await preview(Pages(), new_source(), [cut("hangs"), cut("a")], patience_s=0.05)
    assert [one.problem and one.problem.kind for one in seen] == ["timeout", None]


async def test_eight_pages_are_read_at_once_and_none_where_none_may_be() -> None:
    pages = Pages()
    await preview(pages, new_source(), [cut(str(number)) for number in range(30)])
    assert pages.most_open == 8
    (seen,) = await preview(pages, replace(new_source(), fetches_full_text=False), [CUT])
    assert (seen.draft, seen.problem) == (CUT, None)
    assert await preview(pages, new_source(), []) == []
