"""The faults that somebody ordered from the two servers."""

import random
from collections.abc import Mapping

from adapters.sandbox.contract import Clock, Fault, Ledger


class FaultBook:
    """Implements ``Faults``: an ordered list, each entry with its end and its dice.

    The dice are seeded, so the same calls in the same order meet the same faults. Orders are not kept across a restart.
    """

    def __init__(self, ledger: Ledger, clock: Clock, *, seed: int = 20_260_105) -> None:
        self._ledger = ledger
        self._clock = clock
        self._dice = random.Random(seed)
        self._orders: list[Fault] = []

    def order(
        self, platform: str, kind: str, *, for_s: float, share: float, options: Mapping[str, object] | None = None
    ) -> Fault:
        """Let the fault strike ``share`` (0..1) of what it concerns for the next ``for_s`` seconds."""
        fault = Fault(
            platform=platform, kind=kind, until=self._clock() + for_s, share=share, options=dict(options or {})
        )
        self._orders.append(fault)
        self._note("ordered", fault)
        return fault

    def strikes(self, platform: str, kind: str) -> Fault | None:
        """The first fault of that kind that is ordered now and whose dice say it strikes this time."""
        if not self._orders:
            return None
        for fault in self.ordered():
            if (fault.platform, fault.kind) == (platform, kind) and self._dice.random() < fault.share:
                return fault
        return None

    def ordered(self) -> list[Fault]:
        """The faults ordered now, oldest first; those that ended are gone."""
        now = self._clock()
        self._orders = [fault for fault in self._orders if fault.until > now]
        return list(self._orders)

    def clear(self, platform: str | None = None, kind: str | None = None) -> list[Fault]:
        """End all faults, or those of one platform, one kind or both; returns the ended ones."""
        ended = [fault for fault in self.ordered() if platform in {None, fault.platform} and kind in {None, fault.kind}]
        self._orders = [fault for fault in self._orders if fault not in ended]
        for fault in ended:
            self._note("ended", fault)
        return ended

    def describe(self, fault: Fault) -> dict[str, object]:
        """The fault as the JSON interface shows it; ``left_s`` is how many seconds it still has."""
        return {
            "platform": fault.platform,
            "kind": fault.kind,
            "share": fault.share,
            "until": fault.until,
            "left_s": round(max(0.0, fault.until - self._clock()), 1),
            "options": dict(fault.options),
        }

    def _note(self, step: str, fault: Fault) -> None:
        facts = {
            "fault": fault.kind,
            "step": step,
            "until": fault.until,
            "share": fault.share,
            "options": dict(fault.options),
        }
        self._ledger.write(fault.platform, "fault", facts)
