"""Decide about sends of which nobody knows whether they arrived."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta

from bot.domain.delivery import (
    REPEAT_AFTER,
    Claim,
    DeliveryKind,
    Outcome,
    Receipt,
    Sent,
    Waiting,
    after_nothing_found,
    after_uncertain,
    is_repeat_safe,
)
from bot.messages.post import Post
from bot.ports.clock import Clock
from bot.ports.platform import ChatPlatform, SendError, TryLaterError, UncertainError
from bot.services.patience import Patience
from bot.services.shown import Shown

_CLOCKS_APART = timedelta(hours=25)
"""How far the platform's clock may be behind ours; a message may be older for it than our attempt is for us. A clock
that is a day or a time zone wrong is met more often than one would think.
"""

_HANGS_S = 30.0


class DoubtfulSends:
    """Looks into the channel's history where there is one, and else repeats as often as the rules allow."""

    def __init__(
        self,
        platforms: Mapping[str, ChatPlatform],
        clock: Clock,
        post_of: Callable[[Shown], Post],
        patience: Patience,
    ) -> None:
        self._platforms = platforms
        self._clock = clock
        self._post_of = post_of
        self._patience = patience

    async def left_behind(self, claim: Claim, shown: Shown) -> Receipt | None:
        """What an attempt of unknown outcome put there, looked for where a repeat would no longer be recognised.

        Where nobody can look, this is the one repeat that is allowed.
        """
        if claim.uncertain and self._must_look(claim):
            with suppress(UncertainError):
                return await self._find(claim, shown)
        return None

    async def decided(self, claim: Claim, shown: Shown, *, reason: str) -> Outcome:
        """What is to become of a send that may have arrived."""
        if claim.kind is not DeliveryKind.REFRESH and self._must_look(claim):
            try:
                found = await self._find(claim, shown)
            except UncertainError:
                pass
            except SendError as error:  # it stays unknown, so that nobody sends before somebody has looked
                wait = timedelta(seconds=error.wait_s) if isinstance(error, TryLaterError) else REPEAT_AFTER
                return Waiting(not_before=self._clock.now() + wait, reason=reason, was_uncertain=True)
            else:
                now = self._clock.now()
                return Sent(receipt=found) if found else after_nothing_found(claim, now=now, reason=reason)
        return self._repeated(claim, reason=reason)

    def unread(self, claim: Claim, *, reason: str) -> Outcome:
        """The same where the story cannot be read now, so that there is nothing to look for: it stays unknown."""
        if claim.kind is not DeliveryKind.REFRESH and self._must_look(claim):
            return Waiting(not_before=self._clock.now() + REPEAT_AFTER, reason=reason, was_uncertain=True)
        return self._repeated(claim, reason=reason)

    def _repeated(self, claim: Claim, *, reason: str) -> Outcome:
        if claim.kind is DeliveryKind.REFRESH:  # an edit does no harm a second time
            return Waiting(not_before=self._clock.now() + REPEAT_AFTER, reason=reason)
        return after_uncertain(claim, now=self._clock.now(), repeat_safe=self._repeat_safe(claim), reason=reason)

    def _must_look(self, claim: Claim) -> bool:
        """Whether the platform has a history to look in and might no longer recognise a repeat."""
        can_find = self._platforms[claim.channel.platform].limits.can_find
        return can_find and not is_repeat_safe(claim, now=self._clock.now(), repeat_safe=self._repeat_safe(claim))

    def _repeat_safe(self, claim: Claim) -> timedelta:
        return timedelta(seconds=self._platforms[claim.channel.platform].limits.repeat_safe_s)

    async def _find(self, claim: Claim, shown: Shown) -> Receipt | None:
        """Raises UncertainError where the platform has a history that we may not read."""
        platform = self._platforms[claim.channel.platform]
        looking = platform.find(claim.channel, self._post_of(shown), since=claim.first_attempt_at - _CLOCKS_APART)
        hangs = TryLaterError("the look into its history came to no end", wait_s=_HANGS_S)
        return await self._patience.ended(platform.name, looking, otherwise=hangs)
