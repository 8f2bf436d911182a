"""The last resort: a process whose event loop stands still ends itself."""

import faulthandler

_PATIENCE_S = 300.0


class Watchdog:
    """Ends the process with 1, after writing to standard error where each thread stood, once it was not fed for five
    minutes.

    A thread of the interpreter's own does it, which runs whatever Python does. There is one to a process.
    """

    def __init__(self, patience_s: float = _PATIENCE_S) -> None:
        self._patience_s = patience_s

    def feed(self) -> None:
        """The event loop turns; count from now on."""
        faulthandler.dump_traceback_later(self._patience_s, exit=True)

    def put_down(self) -> None:
        """The loop has ended as it should."""
        faulthandler.cancel_dump_traceback_later()
