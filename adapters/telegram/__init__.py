"""The Telegram newsstand: everything that speaks to Telegram."""

import sys

# httpx, which the library imports for a transport that we do not use, loads its own command line with a terminal's
# colours where it can: 8 MB and a tenth of a second. It goes without where it cannot.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None: not to be imported (Python's import system)
