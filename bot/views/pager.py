"""Buttons that turn pages."""

from bot.messages.action import Action, Verb
from bot.messages.post import Control


def pager(
    verb: Verb, subject: int, page: int, *, is_last: bool, pages: int | None = None
) -> tuple[tuple[Control, ...], ...]:
    """One row ``‹ 2 / 5 ›`` without the arrow that leads nowhere; no row where there is one page.

    Pages count from 0; ``pages`` is how many there are, where that is known.
    """
    if page == 0 and is_last:
        return ()
    label = f"{page + 1} / {pages}" if pages else f"Page {page + 1}"
    row = [Control(label=label, action=Action(verb=verb, subject=subject, page=page), is_disabled=True)]
    if page > 0:
        row.insert(0, Control(label="‹", action=Action(verb=verb, subject=subject, page=page - 1)))
    if not is_last:
        row.append(Control(label="›", action=Action(verb=verb, subject=subject, page=page + 1)))
    return (tuple(row),)
