"""What rows of ``deliveries`` are asked about, in words that their indexes know.

The words for states and kinds stand in the statements themselves: neither database uses an index of pending rows alone
for a state that comes as a parameter.
"""

from sqlalchemy import ColumnElement, FromClause, and_, literal_column

from bot.domain.delivery import DeliveryKind, DeliveryState, check_change
from storage.tables import DeliveryColumns

Delivery = FromClause[DeliveryColumns]
"""The table, or one of its aliases."""


def word(value: DeliveryKind | DeliveryState) -> ColumnElement[str]:
    """The word as it stands in its column."""
    return literal_column(f"'{value}'")


def is_in(row: Delivery, *states: DeliveryState) -> ColumnElement[bool]:
    """Whether the delivery stands in one of these states."""
    words = [word(state) for state in states]
    return row.c.state == words[0] if len(words) == 1 else row.c.state.in_(words)


def turned(after: DeliveryState, *befores: DeliveryState) -> ColumnElement[str]:
    """The state that rows in these states are given, of whichever kind they are.

    Raises IllegalChangeError where no such row may go there, as soon as the statement is made.
    """
    for before in befores:
        for kind in DeliveryKind:
            check_change(kind, before, after)
    return word(after)


def is_of(row: Delivery, kind: DeliveryKind) -> ColumnElement[bool]:
    """Whether the delivery is of that kind."""
    return row.c.kind == word(kind)


def is_card_of(card: Delivery, row: Delivery) -> ColumnElement[bool]:
    """Whether the one is the headline of the other's story in the same channel; a headline is its own."""
    return and_(
        card.c.story_id == row.c.story_id,
        is_of(card, DeliveryKind.HEADLINE),
        card.c.channel_id == row.c.channel_id,
        card.c.part == row.c.part,
    )
