"""``python -m bench [CASE ...]``: print each case's time and memory, its bound, and whether it kept within it."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.cases import CASES, GB, Case
from bench.measure import CommandError, Cost, machine, say, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the cases that were named, or all; return 1 if a command failed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Time and memory on this machine.")
    names = [case.name for case in CASES]
    parser.add_argument("case", nargs="*", metavar="CASE", help=f"one of {', '.join(names)} (default: all)")
    wanted = parser.parse_args(arguments).case
    if unknown := sorted(set(wanted) - set(names)):
        parser.error(f"there is no case {', '.join(unknown)}; choose from {', '.join(names)}")
    say(" · ".join(machine()))
    failed = False
    with tempfile.TemporaryDirectory(prefix="panhuo-bench-") as folder:
        for case in CASES:
            if not wanted or case.name in wanted:
                failed |= not _tell(case, Path(folder))
    return int(failed)


def _tell(case: Case, folder: Path) -> bool:
    try:
        costs = case.costs(folder)
    except CommandError as error:
        say(f"FAILED {case.title}: {error}")
        return False
    if costs is None:
        say(f"-      {case.title}: not measured, its file is not on this machine")
        return True
    wall_s, peak = sum(item.wall_s for item in costs), max(item.peak_rss_bytes for item in costs)
    cpu_s = sum(item.cpu_s for item in costs)
    say(case.title)
    if case.bound_s is None:
        say(f"       time   {wall_s:7.1f} s   no bound   (processor {cpu_s:.1f} s)")
    else:
        within = verdict(wall_s <= case.bound_s)
        say(f"  {within} time   {wall_s:7.1f} s   bound {case.bound_s:g} s   (processor {cpu_s:.1f} s)")
    if case.bound_bytes is None:
        say(f"       memory {peak / GB:7.2f} GB  no bound")
    else:
        within = verdict(peak <= case.bound_bytes)
        say(f"  {within} memory {peak / GB:7.2f} GB  bound {case.bound_bytes / GB:g} GB")
    if case.bare_s is not None:
        bare_s = case.bare_s(folder)
        say(f"       beside a bare pyogrio.read_dataframe of {bare_s:.1f} s: {wall_s / bare_s:.1f} times")
    if case.beside is not None:
        for line in case.beside(folder, costs):
            say(f"       {line}" if line[:4] not in {"OK  ", "OVER"} else f"  {line}")
    if len(costs) > 1:
        for cost in costs:
            say(f"       · {_step(cost)}")
    return True


def _step(cost: Cost) -> str:
    return f"{cost.command.split()[0]}: {cost.wall_s:.1f} s, {cost.peak_rss_bytes / GB:.2f} GB"


if __name__ == "__main__":
    sys.exit(main())
