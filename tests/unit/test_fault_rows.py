"""The rows of the fault matrix name tests that there are."""

import re
from pathlib import Path

import pytest

from tests.faults.rows import ROWS, Row

_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.fault)
def test_each_row_s_tests_are_there(row: Row) -> None:
    for beginning in row.tests:
        file, _, test = beginning.partition("::")
        found = [one.read_text(encoding="utf-8") for one in _ROOT.glob(f"{file.removesuffix('.py')}*.py")]
        assert found, beginning
        assert re.search(rf"def {test or 'test_'}", "".join(found)), beginning
