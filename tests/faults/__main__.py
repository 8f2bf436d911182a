"""``python -m tests.faults``: every long test, and whatever else holds a row of the fault matrix; then row by row.

Arguments are for pytest.
"""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.faults.rows import ROWS, Row
from tests.world import ROOT

_PARALLEL = ("--numprocesses", "3", "--dist", "worksteal")  # they wait most of the time
_NOTHING_THERE = 5
"""pytest's exit code where no test was asked for."""

_Outcome = tuple[str, bool | None]
"""A test's id, and whether it passed; None where it was skipped."""


def main() -> int:
    """0 if everything held."""
    began = time.monotonic()
    runs = (
        ("-m", "fault and not alone", *_PARALLEL, "tests"),
        ("-m", "not fault", *_PARALLEL, *_files_beside()),
        ("-m", "fault and alone", "tests/faults"),
    )
    codes, outcomes = [], []
    with tempfile.TemporaryDirectory(prefix="newsbot-faults-") as home:
        for number, run in enumerate(runs):
            report = Path(home) / f"{number}.xml"
            codes.append(_pytest(*run, f"--junit-xml={report}", *sys.argv[1:]))
            outcomes += list(_read(report))
    held = [_tell(row, outcomes) for row in ROWS]
    passed = sum(bool(outcome) for _, outcome in outcomes)
    _say(
        f"{sum(held)} of {len(ROWS)} rows held, {passed} of {len(outcomes)} tests passed, "
        f"{(time.monotonic() - began) / 60:.0f} min"
    )
    return 0 if all(held) and not set(codes) - {0, _NOTHING_THERE} else 1


def _files_beside() -> list[str]:
    """Where the rows' other tests are, those that always run."""
    beside = {test.partition("::")[0].removesuffix(".py") for row in ROWS for test in row.tests}
    found = {str(file.relative_to(ROOT)) for name in beside for file in ROOT.glob(f"{name}*.py")}
    return sorted(file for file in found if not file.startswith("tests/faults/"))


def _pytest(*arguments: str) -> int:
    quietly = ("--quiet", "-o", "faulthandler_timeout=1800")
    return subprocess.run([sys.executable, "-m", "pytest", *quietly, *arguments], cwd=ROOT, check=False).returncode  # noqa: S603  # our own words


def _read(report: Path) -> Iterator[_Outcome]:
    if not report.exists():
        return
    for case in ET.parse(report).iter("testcase"):  # noqa: S314  # pytest wrote it a moment ago
        file = case.get("classname", "").replace(".", "/")
        ended = {child.tag for child in case}
        is_passed = None if "skipped" in ended else not ended & {"failure", "error"}
        yield f"{file}.py::{case.get('name')}", is_passed


def _tell(row: Row, outcomes: Sequence[_Outcome]) -> bool:
    """One line: how many of its tests passed on each database, and whether all did and there were some."""
    its = [(name, passed) for name, passed in outcomes if name.startswith(row.tests)]
    all_of, good = Counter(_where(name) for name, _ in its), Counter(_where(name) for name, passed in its if passed)
    is_held = bool(its) and all(passed for _, passed in its)
    tally = ", ".join(f"{where} {good[where]}/{number}" for where, number in sorted(all_of.items())) or "no test ran"
    verdict = "held" if is_held else "BROKEN" if its else "unseen"
    _say(f"{verdict:7}{row.fault}: {tally}")
    return is_held


def _where(test: str) -> str:
    return next((name for name in ("sqlite", "postgresql") if name in test.partition("[")[2]), "both or neither")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # what the command is for


if __name__ == "__main__":
    sys.exit(main())
