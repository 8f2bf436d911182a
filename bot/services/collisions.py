"""Do once more what the database undid because two of us stood in each other's way."""

import functools
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from bot.ports.storage import CollisionError

_P = ParamSpec("_P")
_T = TypeVar("_T")


def again_after_collision(do: Callable[_P, Awaitable[_T]]) -> Callable[_P, Awaitable[_T]]:
    """Where CollisionError is raised, the same again, once. For what changes nothing but in one unit of work."""

    @functools.wraps(do)
    async def done(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return await do(*args, **kwargs)
        except CollisionError:
            return await do(*args, **kwargs)

    return done
