"""What the command shows: progress, tables, one-line errors."""

from __future__ import annotations

import json
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from api._stages import stage_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

WIDTH_OF_A_FILE = 200
"""Characters of a line where the output is no terminal, so that tables are not folded in files."""
LONG_S = 5.0
"""ASSUMPTION: after so many seconds of one stage, who reads a log wants to know what is going on."""
GAP = 2
"""Blanks between two columns of a table."""
LEAST_WIDTH = 12
"""Narrower than this (six Chinese characters) a column is not cut: less says nothing."""
OUT = Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE)
ERR = Console(stderr=True)


@contextmanager
def shown_progress() -> Iterator[Callable[[str, float], None]]:
    """Show how far long work is, on standard error: a live bar on a terminal, elsewhere a line for each long stage."""
    if not ERR.is_terminal:
        told = LongStages()
        try:
            yield told
        finally:
            told.close()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=ERR, transient=True) as progress:
        tasks: dict[str, Any] = {}

        def tell(stage: str, fraction: float) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage_text(stage), total=1.0)
            progress.update(tasks[stage], completed=min(max(fraction, 0.0), 1.0))

        yield tell


class LongStages:
    """Tells of a stage, once and in one line, when it is still going on after :data:`LONG_S`; quick work is silent.

    A timer tells it, not the next report of progress: a stage that reports only its beginning is told too.
    """

    def __init__(self) -> None:
        self._begun: set[str] = set()
        self._timer: threading.Timer | None = None

    def __call__(self, stage: str, _fraction: float) -> None:
        """Note that ``stage`` goes on."""
        if stage not in self._begun:
            self.close()
            self._begun.add(stage)
            self._timer = threading.Timer(LONG_S, show_error, (f"… {stage_text(stage)}",))
            self._timer.daemon = True
            self._timer.start()

    def close(self) -> None:
        """Forget the stage that goes on: it ended in time, or was told."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def show_json(data: object) -> None:
    """Print ``data`` as JSON and nothing else."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n")


def show_table(
    titles: Sequence[str], rows: Sequence[Sequence[object]], *, giving_way: Sequence[Sequence[str]] = ()
) -> None:
    """Print a table; wide characters are measured rightly, and brackets in a cell are no markup.

    Parameters
    ----------
    titles, rows
        What stands in it; ``None`` is an empty cell.
    giving_way
        Groups of titles whose columns are cut with … where a line is too short for all, the first group first; the
        others stay whole as long as that is enough.
    """
    texts = [["" if value is None else str(value) for value in row] for row in rows]
    widths = {
        title: max(cell_len(line) for line in (title, *column))
        for title, column in zip(titles, zip(*texts, strict=True) if texts else ([] for _ in titles), strict=True)
    }
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, width in fitting(widths, OUT.width - GAP * (len(titles) - 1), giving_way).items():
        table.add_column(title, no_wrap=True, overflow="ellipsis", max_width=width)
    for row in texts:
        table.add_row(*(Text(cell) for cell in row))
    OUT.print(table)


def fitting(widths: Mapping[str, int], room: int, giving_way: Sequence[Sequence[str]]) -> dict[str, int]:
    """Return the widths of columns, those that give way cut so that all fit into ``room`` (in cells of a terminal).

    The columns of a group share what is left to it: the short ones stay whole, the long ones are cut to one width.
    """
    found = dict(widths)
    for group in giving_way:
        over = sum(found.values()) - room
        if over <= 0:
            break
        left = sum(found[title] for title in group) - over
        for number, title in enumerate(sorted(group, key=found.__getitem__)):
            share = max(left // (len(group) - number), LEAST_WIDTH)
            found[title] = min(found[title], share)
            left -= found[title]
    return found


def show_line(text: str) -> None:
    """Print one line as it is."""
    sys.stdout.write(f"{text}\n")


def agreed(question: str) -> bool:
    """Ask a person at a terminal, on standard error; where nobody can answer, the answer is no.

    Raises
    ------
    typer.Abort
        If a person says no.
    """
    return sys.stdin.isatty() and typer.confirm(question, default=False, abort=True, err=True)


def chosen(question: str, choices: Sequence[str]) -> str | None:
    """Return which of several answers a person at a terminal gives, asked on standard error.

    Parameters
    ----------
    question
        One line.
    choices
        One line each, numbered from 1.

    Returns
    -------
    str or None
        The number of a choice, or words of the person's own; ``None`` where nobody can answer.
    """
    if not sys.stdin.isatty():
        return None
    for line in (question, *(f"  {number}. {text}" for number, text in enumerate(choices, 1))):
        sys.stderr.write(f"{line}\n")
    return str(typer.prompt("序号或名称 number or name", err=True)).strip()


def show_error(text: str) -> None:
    """Print one line on standard error."""
    sys.stderr.write(f"{' '.join(text.split())}\n")
