"""What the seed document holds, as a person reads it."""

from tests.world import ROOT

_LINES = next((ROOT / "seeds" / "pages").glob("*.txt")).read_text(encoding="utf-8").splitlines()

CUT_TITLE = _LINES[0]
LONG_STORY = tuple(_LINES[2:24])
LEADS = tuple(_LINES[24:34])
FOOTER, QUESTION, INVITATION = _LINES[34:37]
LONG_TITLE = "President Ilham Aliyev has said Azerbaijan"
ALL_STORIES = 12
