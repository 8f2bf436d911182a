"""What a running process uses, as the kernel tells it (proc(5))."""

import os
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_KIB_IN_MB = 1024


def cpu_s(pid: int) -> float:
    """Seconds of processor time so far, in user and system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def memory_mb(pid: int) -> tuple[float, float]:
    """Resident memory, and the same with shared pages divided among those who share them (RSS, PSS)."""
    lines = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines())
    sizes = {line[0]: int(line[1]) / _KIB_IN_MB for line in lines if line[0] in {"Rss:", "Pss:"}}
    return sizes["Rss:"], sizes["Pss:"]


def children(pid: int) -> dict[int, str]:
    """The processes that it started and that still run, each with its command line."""
    pids = (int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return {child: Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ") for child in pids}
